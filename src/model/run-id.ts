import { randomInt } from "node:crypto";

/** No letters or digits that sound or look alike: run ids are read out on the phone. */
const alphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A new run id such as `R-7F3K`; `length` grows when a database is full of short ones. */
export function newRunId(length = 4): string {
  return `R-${Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("")}`;
}

/** Accepts what people type: lower case, without `R-`. */
export function normaliseRunId(text: string): string {
  const upper = text.trim().toUpperCase();
  return upper.startsWith("R-") ? upper : `R-${upper}`;
}
