import { RunbookError } from "../../model/error.ts";
import {
  artifactsOf,
  evidenceAt,
  evidenceInside,
  namedOnly,
  requireStep,
} from "../record/evidence-of-run.ts";
import { jsonOf, print } from "../view/evidence-text.ts";
import type { Globals, Io } from "../io.ts";
import type { RunRow, Store } from "../../store/store.ts";
import { follow } from "../../runs/follow.ts";
import { createEventStream } from "../view/event-stream.ts";
import { placeOf } from "../record/record-place.ts";
import { printJson, printLines } from "../view/print.ts";
import { withRun } from "../../runs/find-run.ts";

export interface LogsArgs {
  readonly run: string;
  readonly step: string | undefined;
  /** Only the artifact of this name. */
  readonly name: string | undefined;
  /** Go on until the run has ended. */
  readonly follow: boolean;
  /** The events instead, as they are stored; only while following. */
  readonly jsonl: boolean;
}

/** Prints what attempts and people left as evidence: as it is into a file or a pipe, harmless on a terminal. */
export async function logs(args: LogsArgs, globals: Globals, io: Io): Promise<number> {
  if (args.jsonl && !args.follow) throw notFollowing(args.run);
  return withRun(placeOf(globals, io), args.run, async (store, row) => {
    if (args.follow) return followed(store, row, args, io);
    const { step, name } = args;
    const left = step === undefined ? evidenceInside(store, row) : evidenceAt(step, store, row);
    const all = artifactsOf(left);
    const kept = name === undefined ? all : namedOnly(all, name);
    if (globals.json) printJson(io, "logs", { run: row.run, artifacts: kept.map(jsonOf) });
    else if (kept.length === 0) printLines(io, [`${row.run} has left no evidence there.`]);
    // One named artifact comes out byte by byte, so that it can be compared and digested.
    else await print(store, kept, { io, apart: kept.length > 1 });
    return 0;
  });
}

/** The same, and what is left from then on, until the run has ended. */
async function followed(store: Store, row: RunRow, args: LogsArgs, io: Io): Promise<number> {
  const { step, name, jsonl } = args;
  if (step !== undefined) requireStep(step, store, row);
  // Nothing may come for long.
  if (io.stdout.isTTY) io.stderr.write(`Following ${row.run} until it has ended; Ctrl-C leaves it alone.\n`);
  const stream = createEventStream(store, row.run, { io, isNew: true });
  let last = 0;
  await follow(store, async () => {
    // First, so that what was left just before the end is not missed.
    const isOver = store.find(row.run)?.endedAt !== null;
    if (jsonl) stream();
    else {
      const left = evidenceInside(store, row)
        .filter((by) => step === undefined || (by.run === row.run && by.step === step))
        .filter(({ seq }) => seq > last);
      const wanted = artifactsOf(left).filter(({ artifact }) => name === undefined || artifact.name === name);
      await print(store, wanted, { io, apart: true });
      last = left.at(-1)?.seq ?? last;
    }
    return isOver ? "over" : "more";
  });
  return 0;
}

function notFollowing(run: string): RunbookError {
  return new RunbookError("USAGE", "`--jsonl` prints events as they come, so it goes with `--follow`.", {
    hint: `Those that there are: runwright timeline ${run} --jsonl`,
  });
}
