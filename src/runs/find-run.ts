import { existsSync } from "node:fs";
import { RunbookError } from "../model/error.ts";
import { normaliseRunId } from "../model/run-id.ts";
import type { RunEvent } from "../model/event.ts";
import { seenLog } from "../store/place.ts";
import { openStore, type RunRow, type Store } from "../store/store.ts";
import type { Globals, Io } from "../cli/io.ts";
import { databaseFile, storeOptions } from "./store-options.ts";

/** Opens a database to read it; undefined when there is none, because looking must not create one. */
export function openForReading(globals: Pick<Globals, "db">, io: Io): Store | undefined {
  const file = databaseFile(globals, io);
  // One that is gone is refused, as one that is older.
  const isExpected = existsSync(file) || seenLog(file) !== undefined;
  return isExpected ? openStore(storeOptions(globals, io)) : undefined;
}

/** Calls `work` with the run that was named, as people type it; throws `RUN_UNKNOWN` when there is none. */
export async function withRun<T>(
  { globals, io, run }: { readonly globals: Pick<Globals, "db">; readonly io: Io; readonly run: string },
  work: (store: Store, row: RunRow) => T | Promise<T>,
): Promise<T> {
  const id = normaliseRunId(run);
  const store = openForReading(globals, io);
  try {
    const row = store?.find(id);
    if (store === undefined || row === undefined) throw unknownRun(id, globals, io);
    return await work(store, row);
  } finally {
    store?.close();
  }
}

/** A run and the child runs inside it, in the order in which they started, with their events. */
export function familyOf(
  store: Store,
  run: string,
  read: (run: string) => readonly RunEvent[] = store.log.events,
): readonly { readonly row: RunRow; readonly events: readonly RunEvent[] }[] {
  const root = store.find(run)?.root ?? run;
  const inside = new Set([run]);
  const rows = store.family(root).filter(({ run: id, parent }) => {
    if (id !== run && (parent === null || !inside.has(parent))) return false;
    inside.add(id);
    return true;
  });
  return rows.map((row) => ({ row, events: read(row.run) }));
}

function unknownRun(run: string, globals: Pick<Globals, "db">, io: Io): RunbookError {
  const file = databaseFile(globals, io);
  const where = existsSync(file) ? ` in \`${file}\`` : `: there is no database \`${file}\` yet`;
  return new RunbookError("RUN_UNKNOWN", `There is no run ${run}${where}.`);
}
