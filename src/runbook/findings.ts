import type { Finding } from "./types.ts";

/** What the step's output proves. */
export function confirmed(text: string): Finding {
  return { text, status: "confirmed" };
}

/** What it only suggests. */
export function hypothesis(text: string): Finding {
  return { text, status: "hypothesis" };
}
