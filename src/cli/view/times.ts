import { formatMilliseconds } from "../../model/duration.ts";

/** `2025-10-07T13:53:37Z`. */
export function utcStamp(at: string): string {
  return `${at.slice(0, 19)}Z`;
}

/** `14:31:08 UTC`, with the date when that is another day than `now`. */
export function utcTime(at: string, now: Date): string {
  const today = now.toISOString().slice(0, 10);
  const time = `${at.slice(11, 19)} UTC`;
  return at.startsWith(today) ? time : `${at.slice(0, 10)} ${time}`;
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
