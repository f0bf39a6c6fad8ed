import * as runs from "../../runs/find-run.ts";
import type { RunRow, Store } from "../../store/store.ts";
import type { Globals, Io } from "../io.ts";
import { placeOf } from "./place.ts";

/** Opens a database to read it; undefined when there is none, because looking must not create one. */
export function openForReading(globals: Pick<Globals, "db">, io: Io): Store | undefined {
  return runs.openForReading(placeOf(globals, io));
}

/** Calls `work` with the run that was named, as people type it; throws `RUN_UNKNOWN` when there is none. */
export async function withRun<T>(
  { globals, io, run }: { readonly globals: Pick<Globals, "db">; readonly io: Io; readonly run: string },
  work: (store: Store, row: RunRow) => T | Promise<T>,
): Promise<T> {
  return runs.withRun(placeOf(globals, io), run, work);
}
