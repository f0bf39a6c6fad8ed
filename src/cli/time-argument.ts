import { isDuration, toMilliseconds } from "../model/duration.ts";
import { RunbookError } from "../model/error.ts";

const zoned = /([zZ]|[+-]\d\d:?\d\d)$/;
const shape = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?([zZ]|[+-]\d\d:?\d\d)?)?$/;

/** A moment as people type it, as it is stored: `2025-10-07T13:51`, UTC where no zone is named, or `10m` for ten minutes ago. */
export function parseMoment(text: string, flag: string, now: Date): string {
  if (isDuration(text)) return new Date(now.getTime() - toMilliseconds(text)).toISOString();
  const iso = text.replace(" ", "T");
  const hasTime = iso.includes("T");
  const ms = shape.test(text) ? Date.parse(hasTime && !zoned.test(iso) ? `${iso}Z` : iso) : Number.NaN;
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  throw new RunbookError("USAGE", `\`${flag} ${text}\` is not a moment.`, {
    hint: `For example: ${flag} 2025-10-07, ${flag} "2025-10-07 13:51" (UTC) or ${flag} 10m (ten minutes ago).`,
  });
}
