import { statusOf } from "../../runs/run-status.ts";
import type { Store } from "../../store/store.ts";
import type { Globals, Io } from "../io.ts";
import { placeOf } from "../record/record-place.ts";
import { printDrawn, printJson } from "../view/print.ts";
import { statusJson, overviewLines, statusLines } from "../view/status-lines.ts";
import { openForReading, withRun } from "../../runs/find-run.ts";

export interface StatusArgs {
  readonly run: string | undefined;
}

/** Says where a run stands: the one that was named, or the only unfinished one; else lists the unfinished ones. */
export async function status({ run }: StatusArgs, globals: Globals, io: Io): Promise<number> {
  if (run === undefined) return statusOfAll(globals, io);
  return withRun(placeOf(globals, io), run, (store, row) => {
    const found = statusOf(store, row.run);
    if (globals.json) printJson(io, "status", statusJson(found));
    else printDrawn(io, statusLines(found, globals, withClock(io, store.now)));
    return 0;
  });
}

/** Unfinished runs that are nobody's child. */
function statusOfAll(globals: Globals, io: Io): number {
  const store = openForReading(placeOf(globals, io));
  try {
    const found = store === undefined ? [] : unfinished(store).map((run) => statusOf(store, run));
    if (globals.json) printJson(io, "status", { runs: found.map(statusJson) });
    else printDrawn(io, overviewLines(found, globals, withClock(io, store?.now ?? io.now)));
    return 0;
  } finally {
    store?.close();
  }
}

function unfinished(store: Store): readonly string[] {
  const open = store.list({ open: true, limit: 100 });
  return open.filter(({ parent }) => parent === null).map(({ run }) => run);
}

/** The same edge by another clock. It is not copied: a stream that is asked for is made, and costs a third of a short command. */
function withClock(io: Io, now: Io["now"]): Io {
  return Object.create(io, { now: { value: now } }) as Io;
}
