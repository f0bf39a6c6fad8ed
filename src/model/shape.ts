import type { Json, JsonObject } from "./json.ts";

/** Whether stored JSON is an object; what is shown comes from many steps, so nothing is taken for granted. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A string, or the empty one. */
export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** The objects of a list. */
export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A value for people: a string as it is, everything else as JSON. */
export function inWords(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
