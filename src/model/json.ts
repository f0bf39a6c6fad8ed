import { hash } from "node:crypto";
import { RunbookError } from "./error.ts";

/** What may be stored: plain JSON, of whose numbers each has one text (RFC 8785). */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

const deepest = 64;

/** Returns `value` as JSON with its keys in the order in which they are stored, or throws `NOT_JSON` naming the key that cannot be stored; keys that are undefined are left out. */
export function toJson(value: unknown, where = "value", depth = 0): Json {
  if (depth > deepest) throw notJson(where, `is nested deeper than ${deepest} levels`);
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw notJson(where, "holds half a surrogate pair");
    return value;
  }
  if (typeof value === "number") {
    if (!isExact(value)) throw notJson(where, inexact(value));
    // As its text is read again: minus zero is written as zero.
    return value === 0 ? 0 : value;
  }
  // A hole is undefined, which `map` would pass over.
  if (Array.isArray(value))
    return Array.from(value, (item, index) => toJson(item, `${where}[${index}]`, depth + 1));
  if (isPlainObject(value)) return toJsonObject(value, where, depth);
  throw notJson(where, `is ${describe(value)}`);
}

/** Whether a number is one, and its text says exactly which: beyond this not every whole number is a number of its own. */
export function isExact(value: number): boolean {
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

function inexact(value: number): string {
  if (!Number.isFinite(value)) return `is ${value}, which JSON cannot say`;
  return `is the number ${value}; beyond ${Number.MAX_SAFE_INTEGER} numbers are not exact, so make it a string`;
}

/** Whether a value may be stored as it is, in whatever order; asked often, so it makes nothing. */
export function isJson(value: unknown): value is Json {
  return isStorable(value, { sorted: false }, 0);
}

/**
 * The value as it will be read again: whoever looks at its keys one by one finds them in one order, before it is stored
 * and after. Most values are made in that order, and come back as they are.
 */
export function asStored<T>(value: T, where: string): T;
export function asStored(value: unknown, where: string): unknown {
  return isStorable(value, { sorted: true }, 0) ? value : toJson(value, where);
}

/** `sorted`: whether also the keys of each object are in the order of their UTF-16 code units. */
function isStorable(value: unknown, want: { readonly sorted: boolean }, depth: number): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value === "number") return isExact(value) && !Object.is(value, -0);
  if (value === null || typeof value === "boolean") return true;
  if (depth >= deepest) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (!isStorable(item, want, depth + 1)) return false;
    return true;
  }
  if (!isPlainObject(value)) return false;
  let before = "";
  for (const key in value) {
    if (want.sorted && key < before) return false;
    if (!key.isWellFormed() || !isStorable(value[key], want, depth + 1)) return false;
    before = key;
  }
  return true;
}

const asSet = { enumerable: true, writable: true, configurable: true } as const;

function toJsonObject(value: Readonly<Record<string, unknown>>, where: string, depth: number): JsonObject {
  const copy: Record<string, Json> = {};
  for (const key of Object.keys(value).toSorted(byUnits)) {
    if (value[key] === undefined) continue;
    if (!key.isWellFormed()) throw notJson(where, "has a key with half a surrogate pair");
    const item = toJson(value[key], `${where}.${key}`, depth + 1);
    // To set this one would change the copy's prototype instead.
    if (key === "__proto__") Object.defineProperty(copy, key, { ...asSet, value: item });
    else copy[key] = item;
  }
  return copy;
}

/** By UTF-16 code units, as RFC 8785 wants it. */
function byUnits(one: string, other: string): number {
  return one < other ? -1 : 1;
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

/** The RFC 8785 text of a value that `toJson` accepts: it writes numbers as ECMAScript does, so what is left is to sort the keys. */
export function canonical(value: unknown): string {
  // Most objects here are made in that order, and every turn waits for this.
  return isStorable(value, { sorted: true }, 0) ? JSON.stringify(value) : write(toJson(value));
}

/** Not by sorting copies: an object has its keys that are numbers always first. */
function write(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  const entries = Object.entries(value).toSorted(([one], [other]) => byUnits(one, other));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${write(item)}`).join(",")}}`;
}

/** Hexadecimal SHA-256. */
export function sha256(bytes: string | Uint8Array): string {
  return hash("sha256", bytes);
}

/** The digest by which a person and a program name the same value. */
export function digestOf(value: unknown): string {
  return sha256(canonical(value));
}
