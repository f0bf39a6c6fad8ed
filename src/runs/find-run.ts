import { existsSync } from "node:fs";
import { RunbookError } from "../model/error.ts";
import { normaliseRunId } from "../model/run-id.ts";
import type { RunEvent } from "../model/event.ts";
import { summarise, type RunSummary } from "../model/summary.ts";
import { seenLog } from "../store/log-identity.ts";
import { openStore, type RunRow, type Store } from "../store/store.ts";
import { databaseFile, storeOptions, type RecordPlace } from "./store-options.ts";

/** Opens a database to read it; undefined when there is none, because looking must not create one. */
export function openForReading(place: RecordPlace): Store | undefined {
  const file = databaseFile(place);
  // One that is gone is refused, as one that is older.
  const isExpected = existsSync(file) || seenLog(file) !== undefined;
  return isExpected ? openStore(storeOptions(place)) : undefined;
}

/** Calls `work` with the run that was named, as people type it; throws `RUN_UNKNOWN` when there is none. */
export async function withRun<T>(
  place: RecordPlace,
  run: string,
  work: (store: Store, row: RunRow) => T | Promise<T>,
): Promise<T> {
  const id = normaliseRunId(run);
  const store = openForReading(place);
  try {
    const row = store?.find(id);
    if (store === undefined || row === undefined) throw unknownRun(id, place);
    return await work(store, row);
  } finally {
    store?.close();
  }
}

/** A run and the child runs inside it, in the order in which they started, with their events. */
export function runTreeOf(
  store: Store,
  run: string,
  read: (run: string) => readonly RunEvent[] = store.log.events,
): readonly { readonly row: RunRow; readonly events: readonly RunEvent[] }[] {
  const root = store.find(run)?.root ?? run;
  const inside = new Set([run]);
  const rows = store.runTree(root).filter(({ run: id, parent }) => {
    if (id !== run && (parent === null || !inside.has(parent))) return false;
    inside.add(id);
    return true;
  });
  return rows.map((row) => ({ row, events: read(row.run) }));
}

function unknownRun(run: string, place: RecordPlace): RunbookError {
  const file = databaseFile(place);
  const where = existsSync(file) ? ` in \`${file}\`` : `: there is no database \`${file}\` yet`;
  return new RunbookError("RUN_UNKNOWN", `There is no run ${run}${where}.`);
}

/** The row of a run by its id as people type it; throws `RUN_UNKNOWN`. */
export function rowOf(store: Pick<Store, "find" | "file">, named: string): RunRow {
  const run = normaliseRunId(named);
  const row = store.find(run);
  if (row !== undefined) return row;
  throw new RunbookError("RUN_UNKNOWN", `There is no run ${run} in \`${store.file}\`.`);
}

/** What the events of a run say just now; throws `RUN_UNKNOWN`. */
export function summaryOf(store: Pick<Store, "log" | "file">, run: string): RunSummary {
  return summarise(eventsOf(store, run));
}

/** The events of a run; throws `RUN_UNKNOWN` where there are none. */
export function eventsOf(store: Pick<Store, "log" | "file">, run: string): readonly RunEvent[] {
  const events = store.log.events(run);
  if (events.length > 0) return events;
  throw new RunbookError("RUN_UNKNOWN", `There is no run ${run} in \`${store.file}\`.`);
}

/** The root of the run that was named; with no name, the only unfinished one. Throws `RUN_UNKNOWN`. */
export function runToResume(store: Store, named: string | null): string {
  if (named !== null) return rowOf(store, named).root;
  const open = store.list({ open: true, limit: 20 }).filter(({ parent }) => parent === null);
  const [only] = open;
  if (only !== undefined && open.length === 1) return only.run;
  const names = open.map(({ run, runbook, startedAt }) => `${run} (${runbook}, ${startedAt})`).join(", ");
  const [message, hint] =
    only === undefined
      ? ["There is no unfinished run.", "Start one with `runwright run RUNBOOK`."]
      : [`Several runs are unfinished: ${names}.`, "Name one: `runwright resume RUN`."];
  throw new RunbookError("RUN_UNKNOWN", message, { hint });
}

/** The summary of a run that has not ended; throws `RUN_ENDED`. */
export function requireUnfinished(store: Store, run: string): RunSummary {
  const summary = summaryOf(store, run);
  if (summary.endedAt === null) return summary;
  throw new RunbookError("RUN_ENDED", `Run ${run} ${summary.status} at ${summary.endedAt}.`);
}
