/** Readers of stored JSON: a record may be older than this program, or another's, so nothing is taken for granted. */
import type { Json, JsonObject } from "./json.ts";

/** A text as JSON, whoever wrote it; undefined where it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether stored JSON is an object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object, or an empty one. */
export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** A string, or the empty one. */
export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** The objects of a list. */
export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return listOf(value).filter(isObject);
}

/** A value for people: a string as it is, everything else as JSON. */
export function inWords(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A string at a key, or the empty one. */
export function textAt(value: Json, key: string): string {
  return textOf(objectOf(value)[key]);
}

/** A number at a key, or null. */
export function numberAt(value: Json, key: string): number | null {
  const found = objectOf(value)[key];
  return typeof found === "number" ? found : null;
}

/** True only for a stored `true` at a key. */
export function isTrue(value: Json, key: string): boolean {
  return objectOf(value)[key] === true;
}

/** The strings of a list at a key. */
export function textsAt(value: Json, key: string): readonly string[] {
  return listOf(objectOf(value)[key]).filter((item) => typeof item === "string");
}

/** A list at a key as objects; what is none of one is an empty one. */
export function objectsAt(value: Json, key: string): readonly JsonObject[] {
  return listOf(objectOf(value)[key]).map(objectOf);
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
