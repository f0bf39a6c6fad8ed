import path from "node:path";
import { RunbookError } from "../../model/error.ts";
import type { RunEvent } from "../../model/event.ts";
import { sentenceOf } from "../../model/sentence.ts";
import { knownSubjects, unknownTypes, wantedRows, type Wanted } from "../../timeline/filter.ts";
import { rowsOf, type Row } from "../../timeline/rows.ts";
import { visible } from "../../redact/visible.ts";
import { recordingsOf, type Recording } from "../../store/recordings.ts";
import type { RunRow } from "../../store/store.ts";
import type { Globals, Io } from "../io.ts";
import { parseMoment } from "../time-argument.ts";
import { familyOf } from "../../runs/find-run.ts";
import { withRun } from "../record/with-run.ts";
import { printLine, printStored } from "../view/event-stream.ts";
import { printDrawn, printJson, printLines, utc, widthOf } from "../view/print.ts";
import { remainsOf, type Remain } from "../../runs/pruned-run.ts";
import { remainLines } from "../view/pruned-lines.ts";
import { palette } from "../view/palette.ts";
import { symbolsOf } from "../view/symbols.ts";
import { timelineLines } from "../view/timeline-lines.ts";
import { localZone, utcZone } from "../view/zone.ts";

export interface TimelineArgs extends Wanted {
  readonly run: string;
  /** The stored events, one a line, exactly as they are stored. */
  readonly jsonl: boolean;
  /** Times in the time zone of this machine. */
  readonly local: boolean;
}

/** Prints what happened, in the order in which it was stored, child runs included. */
export async function timeline(args: TimelineArgs, globals: Globals, io: Io): Promise<number> {
  const [unknown] = unknownTypes(args.types);
  if (unknown !== undefined)
    throw new RunbookError("USAGE", `There is no type of event \`${unknown}\`.`, {
      hint: `Types begin with ${knownSubjects.join(", ")}. For several, repeat \`--type\`.`,
    });
  const since = args.since === null ? null : parseMoment(args.since, "--since", io.now());
  return withRun({ globals, io, run: args.run }, (store, row) => {
    // A filter asks for what events said.
    const isWhole = args.step === null && args.types.length === 0 && since === null && !args.failed;
    const remains = isWhole ? remainsOf(store, row.run) : null;
    if (remains !== null) return printRemains(row.run, remains, args, { globals, io });
    const all = rowsOf(familyOf(store, row.run).map(({ events }) => events));
    if (args.step !== null) requireStep(row.run, all, args.step);
    const rows = wantedRows(all, { ...args, since });
    const recordings = recordingsOf(store, row.root);
    if (args.jsonl) printStored(store, eventsOf(rows), io);
    else if (globals.json) printJson(io, "timeline", { run: row.run, entries: rows.map(jsonOf), recordings });
    else printDrawn(io, linesFor(row, rows, { all, recordings, local: args.local, globals, io }));
    return 0;
  });
}

function printRemains(
  run: string,
  remains: readonly Remain[],
  { jsonl }: TimelineArgs,
  { globals, io }: Pick<Page, "globals" | "io">,
): number {
  if (jsonl) for (const { line } of remains) printLine(line, io);
  else if (globals.json) {
    const entries = remains.map(({ seq, run: of, rseq, at, actor, type, what }) => {
      return { type: "event", seq, run: of, rseq, at, actor, event: type, what };
    });
    printJson(io, "timeline", { run, pruned: true, entries, recordings: [] });
  } else printLines(io, remainLines(remains, run));
  return 0;
}

interface Page {
  readonly all: readonly Row[];
  readonly recordings: readonly Recording[];
  readonly local: boolean;
  readonly globals: Globals;
  readonly io: Io;
}

function linesFor(
  { run, startedAt }: RunRow,
  rows: readonly Row[],
  { all, recordings, local, globals, io }: Page,
): readonly string[] {
  const style = { paint: palette(io, globals.color), symbols: symbolsOf(io), width: widthOf(io) };
  const lines = timelineLines(rows, { ...style, root: run, zone: local ? localZone(startedAt) : utcZone });
  if (rows.length === all.length) return [...lines, ...recordingLines(recordings, io.cwd)];
  return [
    ...lines,
    "",
    `${countOf(rows)} of ${countOf(all)} events; without a filter: runwright timeline ${run}`,
  ];
}

function recordingLines(recordings: readonly Recording[], cwd: string): readonly string[] {
  if (recordings.length === 0) return [];
  const listed = recordings.map(({ file, startedAt }) => `  ${utc(startedAt)}  ${path.relative(cwd, file)}`);
  return ["", "Recordings of the terminal, to be played by asciinema:", ...listed.map(visible)];
}

function countOf(rows: readonly Row[]): number {
  return eventsOf(rows).length;
}

function eventsOf(rows: readonly Row[]): readonly RunEvent[] {
  return rows.flatMap((row) => (row.type === "event" ? [row.event] : []));
}

function requireStep(run: string, rows: readonly Row[], step: string): void {
  const known = [...new Set(rows.flatMap((row) => (row.type === "event" ? (row.step ?? []) : [])))];
  if (known.includes(step)) return;
  const there = known.length === 0 ? "none" : known.join(", ");
  throw new RunbookError("USAGE", `Run ${run} has come to no step \`${step}\` (so far: ${there}).`, {
    hint: `See all of it: runwright timeline ${run}`,
  });
}

function jsonOf(row: Row): object {
  if (row.type === "gap") {
    const { after, ms, why, what } = row;
    return { type: "gap", afterSeq: after.seq, from: after.at, milliseconds: ms, why, what };
  }
  const { event, lane, kind, step, attempt, ms, failed } = row;
  const { seq, run, rseq, at, actor, artifacts, hash } = event;
  const about = { lane, step, attempt, milliseconds: ms, failed, what: sentenceOf(event, kind) };
  return { type: "event", seq, run, rseq, at, actor, event: event.type, ...about, artifacts, hash };
}
