import type { RecordedAttempt } from "../model/attempts.ts";
import { numberAt, textAt } from "../model/json-read.ts";

/** What a probe asks: `GET https://...`. */
export function requestOf({ start: { input } }: RecordedAttempt): string {
  return `${textAt(input, "method") || "GET"} ${textAt(input, "url")}`;
}

/** The status that came back, or why none did. */
export function statusOfProbe({ output, failure }: RecordedAttempt): string {
  const status = numberAt(output, "status");
  if (status !== null) return `HTTP ${status}`;
  return textAt(output, "error") || failure?.message || "no answer";
}
