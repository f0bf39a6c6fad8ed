/** Texts of a moment as it is stored: an ISO 8601 text in UTC. */

/** `2025-10-07` */
export function utcDay(at: string): string {
  return at.slice(0, 10);
}

/** `13:51:04` */
export function utcClock(at: string): string {
  return at.slice(11, 19);
}

/** `2025-10-07 13:51:04` */
export function utcText(at: string): string {
  return toSecond(at).replace("T", " ");
}

/** `2025-10-07T13:51:04`; a reader has to be told that it is UTC. */
export function toSecond(at: string): string {
  return at.slice(0, 19);
}
