import { formatMilliseconds } from "../../model/duration.ts";
import type { RunEvent } from "../../model/event.ts";
import { sentenceOf } from "../../model/sentence.ts";
import { timelineOf, type TimelineEntry } from "../../model/timeline.ts";
import { visibleLine } from "../../redact/visible.ts";
import type { Globals, Io } from "../io.ts";
import { familyOf, withRun } from "../read-store.ts";
import { columns, printJson, printLines } from "../read-text.ts";

export interface TimelineArgs {
  readonly run: string;
  /** The stored events, one a line, exactly as they are stored. */
  readonly jsonl: boolean;
}

/** Prints what happened, in the order in which it was stored, child runs included. */
export async function timeline({ run, jsonl }: TimelineArgs, globals: Globals, io: Io): Promise<number> {
  return withRun({ globals, io, run }, (store, row) => {
    const family = familyOf(store, row.run);
    if (jsonl) {
      const lines = family.flatMap(({ row: member, events }) => {
        const stored = store.log.lines(member.run);
        return events.map(({ seq }, index) => ({ seq, line: stored[index] ?? "" }));
      });
      for (const { line } of lines.toSorted((one, other) => one.seq - other.seq))
        io.stdout.write(`${line}\n`);
      return 0;
    }
    const entries = timelineOf(family.map(({ events }) => events));
    if (globals.json) printJson(io, "timeline", { run: row.run, entries: entries.map(jsonOf) });
    else printLines(io, linesOf(entries, row.run));
    return 0;
  });
}

function linesOf(entries: readonly TimelineEntry[], root: string): readonly string[] {
  const [first] = entries;
  const day = first?.type === "event" ? first.event.at.slice(0, 10) : "";
  const rows = entries.map((entry) => {
    if (entry.type === "gap") return ["", "gap", "", `-- ${formatMilliseconds(entry.ms)} ${entry.what}`];
    const { event } = entry;
    const when = event.at.startsWith(day) ? event.at.slice(11, 19) : event.at.slice(0, 19).replace("T", " ");
    return [when, numberOf(event, root), event.actor.id, `${sentenceOf(event)}${tookOf(event, entries)}`];
  });
  return [`${root}, all times UTC, ${day}`, "", ...columns(rows.map((row) => row.map(visibleLine)))];
}

/** `#12`, or with its run for an event of a child run. */
function numberOf({ run, rseq }: RunEvent, root: string): string {
  return run === root ? `#${rseq}` : `${run}#${rseq}`;
}

/** How long a step took, at its end. */
function tookOf(event: RunEvent, entries: readonly TimelineEntry[]): string {
  if (event.type !== "step.succeeded" && event.type !== "step.failed") return "";
  const start = entries.findLast(
    (entry) =>
      entry.type === "event" &&
      entry.event.type === "step.started" &&
      entry.event.run === event.run &&
      entry.event.data.step === event.data.step &&
      entry.event.seq < event.seq,
  );
  if (start?.type !== "event") return "";
  return ` (${formatMilliseconds(Date.parse(event.at) - Date.parse(start.event.at))})`;
}

function jsonOf(entry: TimelineEntry): object {
  if (entry.type === "gap") {
    const { after, ms, what } = entry;
    return { type: "gap", afterSeq: after.seq, from: after.at, milliseconds: ms, what };
  }
  const { event } = entry;
  const { seq, run, rseq, at, actor, type, hash, artifacts } = event;
  return { type: "event", seq, run, rseq, at, actor, event: type, what: sentenceOf(event), artifacts, hash };
}
