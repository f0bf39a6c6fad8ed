import type { Json, JsonObject } from "../model/json.ts";

/** Readers of stored JSON: a record may be older than this program, so nothing is taken for granted. */

/** The object, or an empty one. */
export function objectOf(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

export function textAt(value: Json, key: string): string {
  const found = objectOf(value)[key];
  return typeof found === "string" ? found : "";
}

export function numberAt(value: Json, key: string): number | null {
  const found = objectOf(value)[key];
  return typeof found === "number" ? found : null;
}

/** True only for a stored `true`. */
export function isTrue(value: Json, key: string): boolean {
  return objectOf(value)[key] === true;
}

function listAt(value: Json, key: string): readonly Json[] {
  const found = objectOf(value)[key];
  return Array.isArray(found) ? (found as readonly Json[]) : [];
}

export function textsAt(value: Json, key: string): readonly string[] {
  return listAt(value, key).filter((item) => typeof item === "string");
}

export function objectsAt(value: Json, key: string): readonly JsonObject[] {
  return listAt(value, key).map(objectOf);
}
