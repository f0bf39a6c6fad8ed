import { formatMilliseconds } from "../model/duration.ts";
import { eventText } from "../model/event-text.ts";
import { utcClock, utcDay } from "../model/time-text.ts";
import type { Lane } from "../timeline/lanes.ts";
import type { TimelineEvent, TimelineRow } from "../timeline/rows.ts";
import { nameOf, rowOf, shown } from "./document.ts";

/** Every event in order, each in its lane, with the silences between. */
export function timelineHtml(
  rows: readonly TimelineRow[],
  root: string,
  order: readonly Lane[],
): readonly string[] {
  const used = order.filter((lane) => rows.some((row) => row.type === "event" && row.lane === lane));
  const heads = ["Time (UTC)", "Event", "Lane", "Who", "What", "Took"].map(
    (title) => `<th scope="col">${title}</th>`,
  );
  let day = "";
  const lines = rows.flatMap((row) => {
    if (row.type === "gap") return [gapHtml(row.ms, row.what)];
    const today = utcDay(row.event.at);
    const dated =
      today === day ? [] : [`<tr class="day"><th colspan="6" scope="rowgroup">${today}</th></tr>`];
    day = today;
    return [...dated, momentHtml(row, root, used)];
  });
  return [
    '<h2 id="timeline">Timeline</h2>',
    "<p>A silence of more than 30 seconds is a line of its own, with what was waited for.</p>",
    `<div class="wide" tabindex="0"><table class="timeline"><thead><tr>${heads.join("")}</tr></thead><tbody>`,
    ...lines,
    "</tbody></table></div>",
  ];
}

function momentHtml(
  { event, lane, kind, ms, failed }: TimelineEvent,
  root: string,
  used: readonly Lane[],
): string {
  const { run, rseq, at, actor } = event;
  const row = rowOf(run, rseq);
  const strip = used.map((one) => (one === lane ? '<i class="on"></i>' : "<i></i>")).join("");
  const cells = [
    utcClock(at),
    `<a href="#${shown(row)}">${shown(nameOf(root, event))}</a>`,
    `<span class="strip" aria-hidden="true">${strip}</span>${lane}`,
    shown(actor.id),
    shown(eventText(event, kind)),
    ms === null ? "" : formatMilliseconds(ms),
  ];
  return `<tr id="${shown(row)}"${failed ? ' class="failed"' : ""}>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
}

function gapHtml(ms: number, what: string): string {
  return `<tr class="gap"><td colspan="6"><strong>${formatMilliseconds(ms)}</strong>: ${shown(what)}</td></tr>`;
}
