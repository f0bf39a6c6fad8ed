/** Schemas that several steps share. */
import { z } from "zod";
import { type Duration, isDuration, toMilliseconds } from "../../model/duration.ts";

/** Overrides the configured region for one step. */
export const region = z.string().min(1).optional();

/** A length of time such as `10m`. */
export const duration = z.string().refine(isDuration, "must be a duration such as 30s, 10m or 2h");

/** A duration of at most `most`: the step's own time limit must not cut it short. */
export function durationUpTo(most: Duration): z.ZodString {
  return duration.refine((text) => isUpTo(text, most), `must be at most ${most}`);
}

function isUpTo(text: string, most: Duration): boolean {
  return !isDuration(text) || toMilliseconds(text) <= toMilliseconds(most);
}

/** An address that may be stored: `http` or `https`, without a password in it. */
export const httpUrl = z
  .url({ protocol: /^https?$/ })
  .refine((text) => !/^https?:\/\/[^/?#]*@/i.test(text), "must not hold a user name or a password");
