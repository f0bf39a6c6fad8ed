import { Failure, failure } from "../terminal/diagnostic.ts";

/** What the SDK's errors carry beside a message. */
interface Refusal {
  readonly name: string;
  readonly message: string;
  readonly status: number;
  readonly requestId: string;
  readonly hostId: string;
  readonly attempts: number;
}

/** Errors that AWS's model of an operation names are printed without "api error". */
const modelled = new Set([
  "ParameterAlreadyExists",
  "ParameterNotFound",
  "NoSuchKey",
  "NoSuchBucket",
  "ClientException",
]);

/** An AWS error in the words of the Go SDK: `operation error S3: PutObject, https response error StatusCode: …`. */
export function awsText(operation: string, error: unknown): string {
  const refusal = refusalOf(error);
  const host = operation.startsWith("S3: ") ? `, HostID: ${refusal.hostId}` : "";
  const response = `https response error StatusCode: ${refusal.status}, RequestID: ${refusal.requestId}${host}`;
  if (refusal.name === "AbortError")
    return `operation error ${operation}, ${response}, canceled, context canceled`;
  if (refusal.status === 0) {
    const tries = `exceeded maximum number of attempts, ${refusal.attempts}`;
    return `operation error ${operation}, ${tries}, ${response}, request send failed: ${refusal.message}`;
  }
  const kind = modelled.has(refusal.name) ? "" : "api error ";
  return `operation error ${operation}, ${response}, ${kind}${refusal.name}: ${refusal.message}`;
}

/** A diagnostic that says what was being done and what AWS answered. */
export function awsFailure(doing: string, operation: string, error: unknown): Failure {
  return error instanceof Failure ? error : failure(`${doing}: ${awsText(operation, error)}`);
}

export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : "";
}

export function refusalOf(error: unknown): Refusal {
  const metadata = member(error, "$metadata");
  return {
    name: errorName(error),
    message: error instanceof Error ? error.message || textOf(member(error, "code")) : String(error),
    status: numberOf(member(metadata, "httpStatusCode")),
    requestId: textOf(member(metadata, "requestId")),
    hostId: textOf(member(metadata, "extendedRequestId")),
    attempts: numberOf(member(metadata, "attempts")) || 1,
  };
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
