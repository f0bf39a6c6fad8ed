import type { Json } from "../model/json.ts";

/**
 * The value with the keys of each object the other way round. A world promises no order of keys: whatever depends on
 * one is to be seen in a simulation, not in the record of an incident.
 */
export function turned(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map(turned);
  const entries = Object.entries(value).map(([key, item]) => [key, turned(item)] as const);
  return Object.fromEntries(entries.toReversed());
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
