import { isObject } from "../model/json-read.ts";
import type { Json } from "../model/json.ts";

/** A value that differs; null stands also for one that is not there. */
export interface ValueChange {
  /** Where it is, for example `criteria.rollout`. */
  readonly what: string;
  readonly one: Json;
  readonly other: Json;
}

/** The innermost values that differ. Lists are compared as a whole: their order may matter. */
export function changesIn(one: Json, other: Json, what = ""): readonly ValueChange[] {
  if (isObject(one) && isObject(other)) {
    const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
    return keys.flatMap((key) =>
      changesIn(one[key] ?? null, other[key] ?? null, what === "" ? key : `${what}.${key}`),
    );
  }
  return JSON.stringify(one) === JSON.stringify(other) ? [] : [{ what, one, other }];
}
