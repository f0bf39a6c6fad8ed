import { formatMilliseconds } from "../../model/duration.ts";
import { toSecond, utcClock, utcDay, utcText } from "../../model/time-text.ts";

/** `2025-10-07T13:53:37Z`. */
export function utcStamp(at: string): string {
  return `${toSecond(at)}Z`;
}

/** `14:31:08 UTC`, with the date when that is another day than `now`. */
export function utcTime(at: string, now: Date): string {
  const isToday = utcDay(at) === utcDay(now.toISOString());
  return `${isToday ? utcClock(at) : utcText(at)} UTC`;
}

/** How long from one moment to another; empty when the order is wrong. */
export function between(from: string | null, to: string | null): string {
  if (from === null || to === null) return "";
  const ms = new Date(to).getTime() - new Date(from).getTime();
  return ms < 0 ? "" : formatMilliseconds(ms);
}

/** `in 29m41s`, or `now` when it is due. */
export function untilThen(at: string, now: Date): string {
  const ms = new Date(at).getTime() - now.getTime();
  return ms <= 0 ? "now" : `in ${formatMilliseconds(ms)}`;
}
