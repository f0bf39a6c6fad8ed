import { hash } from "node:crypto";
import { RunbookError } from "./error.ts";

/** What may be stored: plain JSON without fractions, because a digest must not depend on how a number is printed. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

const deepest = 64;

/** Returns `value` as JSON, or throws `NOT_JSON` naming the key that cannot be stored; keys that are undefined are left out. */
export function toJson(value: unknown, where = "value", depth = 0): Json {
  if (depth > deepest) throw notJson(where, `is nested deeper than ${deepest} levels`);
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw notJson(where, "holds half a surrogate pair");
    return value;
  }
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
      throw notJson(where, `is the number ${value}; only whole numbers are stored, so make it a string`);
    }
    return value;
  }
  if (Array.isArray(value)) return value.map((item, index) => toJson(item, `${where}[${index}]`, depth + 1));
  if (isPlainObject(value)) return toJsonObject(value, where, depth);
  throw notJson(where, `is ${describe(value)}`);
}

/** Whether `toJson` would return the value as it is; asked often, so it makes nothing. */
export function isJson(value: unknown, depth = 0): value is Json {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value === "number") return Number.isSafeInteger(value) && !Object.is(value, -0);
  if (value === null || typeof value === "boolean") return true;
  if (depth >= deepest) return false;
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1));
  if (!isPlainObject(value)) return false;
  for (const key in value) if (!key.isWellFormed() || !isJson(value[key], depth + 1)) return false;
  return true;
}

function toJsonObject(value: object, where: string, depth: number): JsonObject {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const broken = entries.find(([key]) => !key.isWellFormed());
  if (broken !== undefined) throw notJson(where, "has a key with half a surrogate pair");
  return Object.fromEntries(
    entries.map(([key, item]) => [key, toJson(item, `${where}.${key}`, depth + 1)] as const),
  );
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (typeof value === "object" && value !== null) return `an instance of ${value.constructor.name}`;
  return `of type ${typeof value}`;
}

function notJson(where: string, why: string): RunbookError {
  return new RunbookError("NOT_JSON", `${where} cannot be stored: it ${why}.`);
}

/** The RFC 8785 text of a value that `toJson` accepts: without fractions, sorting the keys is all there is to it. */
export function canonical(value: unknown): string {
  const text = write(value, 0);
  if (text !== undefined) return text;
  // The slow way, to say which key it is.
  toJson(value);
  throw notJson("value", "is undefined");
}

/** One pass, because every turn waits for it; undefined when something in it cannot be stored. */
function write(value: unknown, depth: number): string | undefined {
  if (depth > deepest) return undefined;
  if (typeof value === "string") return value.isWellFormed() ? JSON.stringify(value) : undefined;
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number")
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : undefined;
  if (Array.isArray(value)) return writeArray(value, depth);
  return isPlainObject(value) ? writeObject(value, depth) : undefined;
}

function writeArray(values: readonly unknown[], depth: number): string | undefined {
  let text = "";
  for (const value of values) {
    const item = write(value, depth + 1);
    if (item === undefined) return undefined;
    text += text === "" ? item : `,${item}`;
  }
  return `[${text}]`;
}

function writeObject(values: Readonly<Record<string, unknown>>, depth: number): string | undefined {
  let text = "";
  for (const key of sortedKeys(values)) {
    const value = values[key];
    if (value === undefined) continue;
    const name = writeKey(key);
    const item = name === undefined ? undefined : write(value, depth + 1);
    if (item === undefined) return undefined;
    text += `${text === "" ? "" : ","}${name}:${item}`;
  }
  return `{${text}}`;
}

/** RFC 8785 sorts by UTF-16 code units, as `toSorted` does; most objects here are made in that order. */
function sortedKeys(values: Readonly<Record<string, unknown>>): readonly string[] {
  const keys = Object.keys(values);
  let before = "";
  for (const key of keys) {
    if (key < before) return keys.toSorted();
    before = key;
  }
  return keys;
}

/** The same few keys come again and again; of those from outside there may be any number. */
const names = new Map<string, string>();
const mostNames = 1_000;

function writeKey(key: string): string | undefined {
  const known = names.get(key);
  if (known !== undefined) return known;
  if (!key.isWellFormed()) return undefined;
  const name = JSON.stringify(key);
  if (names.size < mostNames) names.set(key, name);
  return name;
}

/** Hexadecimal SHA-256. */
export function sha256(bytes: string | Uint8Array): string {
  return hash("sha256", bytes);
}

/** The digest by which a person and a program name the same value. */
export function digestOf(value: unknown): string {
  return sha256(canonical(value));
}
