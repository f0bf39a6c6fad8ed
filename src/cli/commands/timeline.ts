import { RunbookError } from "../../model/error.ts";
import { knownSubjects, unknownTypes, filterRows, type RowFilter } from "../../timeline/filter.ts";
import { toTimelineRows, type TimelineRow } from "../../timeline/rows.ts";
import { recordingsOf } from "../../store/recordings.ts";
import { eventsOf, jsonOf, linesFor } from "../view/timeline-page.ts";
import type { Globals, Io } from "../io.ts";
import { parseMoment } from "../time-argument.ts";
import { runTreeOf, withRun } from "../../runs/find-run.ts";
import { placeOf } from "../record/record-place.ts";
import { printLine, printStored } from "../view/event-stream.ts";
import { printDrawn, printJson, printLines } from "../view/print.ts";
import { prunedEvents, type PrunedEvent } from "../../runs/pruned-run.ts";
import { remainLines } from "../view/timeline-lines.ts";

export interface TimelineArgs extends RowFilter {
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
  return withRun(placeOf(globals, io), args.run, (store, row) => {
    // A filter asks for what events said.
    const isWhole = args.step === null && args.types.length === 0 && since === null && !args.failed;
    const remains = isWhole ? prunedEvents(store, row.run) : null;
    if (remains !== null) return printRemains(row.run, remains, args, { globals, io });
    const all = toTimelineRows(runTreeOf(store, row.run).map(({ events }) => events));
    if (args.step !== null) requireStep(row.run, all, args.step);
    const rows = filterRows(all, { ...args, since });
    const recordings = recordingsOf(store, row.root);
    if (args.jsonl) printStored(store, eventsOf(rows), io);
    else if (globals.json) printJson(io, "timeline", { run: row.run, entries: rows.map(jsonOf), recordings });
    else printDrawn(io, linesFor(row, rows, { all, recordings, local: args.local, globals, io }));
    return 0;
  });
}

function printRemains(
  run: string,
  remains: readonly PrunedEvent[],
  { jsonl }: TimelineArgs,
  { globals, io }: { readonly globals: Globals; readonly io: Io },
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

function requireStep(run: string, rows: readonly TimelineRow[], step: string): void {
  const known = [...new Set(rows.flatMap((row) => (row.type === "event" ? (row.step ?? []) : [])))];
  if (known.includes(step)) return;
  const there = known.length === 0 ? "none" : known.join(", ");
  throw new RunbookError("USAGE", `Run ${run} has come to no step \`${step}\` (so far: ${there}).`, {
    hint: `See all of it: runwright timeline ${run}`,
  });
}
