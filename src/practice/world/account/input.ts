/** Readers for the members of a request. Query protocols send every value as text, so numbers and flags are read from both. */
import { AwsError, type Request } from "./world.ts";

export function optionalText(request: Request, name: string): string | undefined {
  const value = request[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw malformed(name, "text");
}

export function text(request: Request, name: string): string {
  const value = optionalText(request, name);
  if (value === undefined || value === "") throw missing(name);
  return value;
}

export function optionalInteger(request: Request, name: string): number | undefined {
  const value = optionalText(request, name);
  if (value === undefined) return undefined;
  if (!/^-?\d+$/.test(value)) throw malformed(name, "a whole number");
  return Number(value);
}

export function flag(request: Request, name: string): boolean | undefined {
  const value = optionalText(request, name);
  return value === undefined ? undefined : value.toLowerCase() === "true";
}

export function isRecord(value: unknown): value is Request {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function optionalRecord(request: Request, name: string): Request | undefined {
  const value = request[name];
  if (value === undefined || value === null) return undefined;
  if (!isRecord(value)) throw malformed(name, "a structure");
  return value;
}

function list(request: Request, name: string): readonly unknown[] {
  const value = request[name];
  if (value === undefined || value === null || value === "") return [];
  if (!Array.isArray(value)) throw malformed(name, "a list");
  return value;
}

export function texts(request: Request, name: string): readonly string[] {
  return list(request, name).map(String);
}

export function records(request: Request, name: string): readonly Request[] {
  return list(request, name).filter(isRecord);
}

function missing(name: string): AwsError {
  return new AwsError("ValidationException", `The request must contain the parameter ${name}.`);
}

function malformed(name: string, wanted: string): AwsError {
  return new AwsError("ValidationException", `The parameter ${name} must be ${wanted}.`);
}
