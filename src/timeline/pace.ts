import type { RunEvent } from "../model/event.ts";
import type { TimelineRow } from "./rows.ts";

/** How fast a run is told again. */
export type Speed = number | "max";

/** An event, how long to wait before it, and the idle time that is left out there. */
export interface Beat {
  readonly event: RunEvent;
  readonly ms: number;
  readonly skipped: { readonly ms: number; readonly what: string } | null;
}

/** The pace of a timeline: time in which something ran passes at this speed, time in which nothing did is skipped. */
export function paceOf(rows: readonly TimelineRow[], speed: Speed): readonly Beat[] {
  const beats: Beat[] = [];
  let gap: Extract<TimelineRow, { readonly type: "gap" }> | null = null;
  let before: number | null = null;
  for (const row of rows) {
    if (row.type === "gap") {
      gap = row;
      continue;
    }
    const at = Date.parse(row.event.at);
    const skipped = gap === null || gap.why === "step" ? null : { ms: gap.ms, what: gap.what };
    const passed = before === null || skipped !== null ? 0 : at - before;
    beats.push({ event: row.event, ms: speed === "max" ? 0 : passed / speed, skipped });
    before = at;
    gap = null;
  }
  return beats;
}
