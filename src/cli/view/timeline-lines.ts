import { columnsOf } from "../../model/display-width.ts";
import { formatMilliseconds } from "../../model/duration.ts";
import type { Actor } from "../../model/event.ts";
import { eventText } from "../../model/event-text.ts";
import { visibleLine } from "../../redact/visible.ts";
import { lanes, type Lane } from "../../timeline/lanes.ts";
import type { TimelineEvent, TimelineRow } from "../../timeline/rows.ts";
import type { Style } from "./render-context.ts";
import { wrap } from "./text.ts";
import type { Zone } from "./zone.ts";
import { utcText } from "../../model/time-text.ts";
import type { PrunedEvent } from "../../runs/pruned-run.ts";

export interface TimelineLook extends Style {
  readonly root: string;
  readonly zone: Zone;
}

const letters: Readonly<Record<Lane, string>> = {
  human: "H",
  agent: "A",
  practice: "P",
  engine: "E",
  terraform: "T",
  AWS: "W",
  checks: "C",
  "child runs": "R",
};

/** The timeline for people: a line an event, a column for each lane that occurs, silences between. */
export function timelineLines(rows: readonly TimelineRow[], page: TimelineLook): readonly string[] {
  const used = lanes.filter((lane) => rows.some((row) => row.type === "event" && row.lane === lane));
  const legend = used.map((lane) => `${letters[lane]} ${lane}`).join("   ");
  const number = Math.max(...rows.map((row) => (row.type === "event" ? `#${row.event.rseq}`.length : 0)), 2);
  const draw = drawer({ ...page, used, number });
  let day = "";
  const lines = rows.flatMap((row) => {
    const today = page.zone.day(row.type === "event" ? row.event.at : row.after.at);
    const heading = today === day ? [] : [page.paint.strong(today)];
    day = today;
    return [...heading, ...draw(row)];
  });
  const head = used.length === 0 ? [] : wrap(`Lanes: ${legend}`, page.width).map(page.paint.faint);
  return [`${page.paint.strong(page.root)}, all times ${page.zone.name}`, ...head, "", ...lines];
}

interface TimelineDrawing extends TimelineLook {
  readonly used: readonly Lane[];
  readonly number: number;
}

function drawer(drawing: TimelineDrawing): (row: TimelineRow) => readonly string[] {
  return (row) => (row.type === "gap" ? gapLines(row, drawing) : momentLines(row, drawing));
}

function momentLines(row: TimelineEvent, { used, number, ...page }: TimelineDrawing): readonly string[] {
  const { event, lane } = row;
  const { paint, symbols } = page;
  const gutter = used.map((one) => (one === lane ? letters[lane] : symbols.dot)).join("");
  const inside = event.run === page.root ? "" : `${event.run} `;
  const took = row.ms === null ? "" : ` (${formatMilliseconds(row.ms)})`;
  const mark = row.failed ? `${symbols.fail} ` : "";
  const said = `${mark}${inside}${byOf(event.actor)}${visibleLine(eventText(event, row.kind))}${took}`;
  const head = `${page.zone.time(event.at)} ${gutter} ${`#${event.rseq}`.padStart(number)} `;
  return hung(head, said, page.width).map((line, index) => {
    if (index > 0) return row.failed ? paint.bad(line) : line;
    const text = line.slice(head.length);
    return paint.faint(head) + (row.failed ? paint.bad(text) : lane === "human" ? paint.strong(text) : text);
  });
}

function gapLines(
  { ms, what }: Extract<TimelineRow, { readonly type: "gap" }>,
  { used, number, symbols, paint, width }: TimelineDrawing,
): readonly string[] {
  const head = `${" ".repeat(9)}${symbols.dash.repeat(used.length + number + 1)} `;
  return hung(head, `${formatMilliseconds(ms)}: ${visibleLine(what)}`, width).map(paint.warn);
}

/** Text wrapped under itself, behind a head. */
function hung(head: string, text: string, width: number): readonly string[] {
  const indent = " ".repeat(columnsOf(head));
  return wrap(text, width - indent.length).map((line, index) => (index === 0 ? head : indent) + line);
}

/** The engine needs no name: it is the only one. */
function byOf({ kind, id }: Actor): string {
  return kind === "engine" ? "" : `${visibleLine(id)} `;
}

/** Lines for people: who signed, what was handed out and what was pruned in words, of the rest only its kind. */
export function remainLines(remains: readonly PrunedEvent[], root: string): readonly string[] {
  const number = Math.max(...remains.map(({ rseq }) => `#${rseq}`.length));
  const lines = remains.map(({ at, run, rseq, actor, type, what }) => {
    const by = actor.kind === "engine" ? "" : `${actor.id} `;
    return `${utcText(at)} ${`#${rseq}`.padStart(number)} ${run === root ? "" : `${run} `}${by}${what ?? type}`;
  });
  return [`${root}, all times UTC. What it recorded was pruned; this is left:`, "", ...lines];
}
