import { counted } from "../../model/counted.ts";
import { RunbookError } from "../../model/error.ts";
import { prunable, prune, sweep, type Prunable } from "../../store/prune.ts";
import type { Store } from "../../store/store.ts";
import type { Globals, Io } from "../io.ts";
import { placeOf } from "../record/record-place.ts";
import { columns, printJson, printLines, utc } from "../view/print.ts";
import { actorAtKeyboard } from "../../runs/actor-at-keyboard.ts";
import { openForReading } from "../../runs/find-run.ts";

export interface PruneArgs {
  /** Runs that ended before this day or moment, in UTC. */
  readonly before: string;
  readonly reason: string;
  readonly yes: boolean;
}

/** Drops what old runs recorded and keeps the chain; without `--yes` it only tells what would go. */
export async function pruneRuns(args: PruneArgs, globals: Globals, io: Io): Promise<number> {
  const before = momentOf(args.before, io.now());
  const store = openForReading(placeOf(globals, io));
  if (store === undefined)
    throw new RunbookError("RUN_UNKNOWN", `There is no database \`${globals.db}\` yet.`);
  try {
    const found = prunable(store, before);
    if (args.yes) drop(store, found, args, { globals, io });
    else printPrunable(found, args, { globals, io });
    return 0;
  } finally {
    store.close();
  }
}

interface CommandEdge {
  readonly globals: Globals;
  readonly io: Io;
}

function drop(
  store: Store,
  found: readonly Prunable[],
  { reason }: PruneArgs,
  { globals, io }: CommandEdge,
): void {
  const pruning = { actor: actorAtKeyboard(io), reason };
  const events = found.reduce((sum, family) => sum + prune(store, family, pruning), 0);
  const runs = found.reduce((sum, family) => sum + family.runs.length, 0);
  const files = sweep(store, io.now());
  if (globals.json) printJson(io, "prune", { done: true, runs, events, files });
  else {
    const what = `${counted(runs, "run")}: ${counted(events, "event")} and ${counted(files, "file")}`;
    printLines(io, [`Dropped the data of ${what}. The chain still verifies: runwright verify`]);
  }
}

function printPrunable(
  found: readonly Prunable[],
  { before }: PruneArgs,
  { globals, io }: CommandEdge,
): void {
  if (globals.json) return printJson(io, "prune", { done: false, families: found });
  if (found.length === 0)
    return printLines(io, [`Nothing that ended before ${before} has data left to drop.`]);
  const rows = found.map(({ runs, endedAt, events }) => [
    runs.join(", "),
    utc(endedAt),
    counted(events, "event"),
  ]);
  printLines(io, [
    ...columns([["RUNS", "ENDED", "DATA OF"], ...rows]),
    "",
    "Nothing was dropped. To drop it for ever, repeat the command with --yes; export first what you have to keep.",
  ]);
}

/** A day or a moment in UTC that has passed: a future one is a slip of the hand. */
function momentOf(text: string, now: Date): Date {
  const isDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{3})?)?Z?)?$/.test(text);
  const moment = new Date(text.includes("T") && !text.endsWith("Z") ? `${text}Z` : text);
  if (isDate && moment <= now) return moment;
  throw new RunbookError("USAGE", `\`${text}\` is not a day or moment that has passed.`, {
    hint: "Write it as 2025-10-07 or 2025-10-07T13:51, in UTC.",
  });
}
