import { formatMilliseconds } from "../../model/duration.ts";
import { listRunbooks } from "../../loader/load.ts";
import type { RunRow, Store } from "../../store/store.ts";
import type { Globals, Io } from "../io.ts";
import { openForReading } from "../read-store.ts";
import { columns, printJson, printLines, utc } from "../read-text.ts";
import { standingOf } from "../standing.ts";

export interface ListArgs {
  /** Every run, not only the newest. */
  readonly all: boolean;
  /** The runbooks that can be run, instead of runs. */
  readonly runbooks: boolean;
}

const newest = 20;

/** Lists runs, newest first, or the runbooks that can be run. */
export async function list({ all, runbooks }: ListArgs, globals: Globals, io: Io): Promise<number> {
  if (runbooks) return listBooks(globals, io);
  const store = openForReading(globals, io);
  try {
    const found = store?.list({ open: false, limit: all ? -1 : 10 * newest }) ?? [];
    const roots = found.filter(({ parent }) => parent === null);
    const shown = all ? roots : roots.slice(0, newest);
    if (store === undefined || shown.length === 0) return nothing(globals, io);
    const rows = shown.map((row) => ({ ...row, state: stateOf(store, row, io.now()) }));
    if (globals.json) {
      printJson(io, "list", { runs: rows });
      return 0;
    }
    const more = roots.length > shown.length ? ["", "Older ones: runwright list --all"] : [];
    printLines(io, [...columns([titles, ...rows.map(cellsOf)]), ...more]);
    return 0;
  } finally {
    store?.close();
  }
}

const titles = ["RUN", "RUNBOOK", "STATE", "STARTED", "TOOK", "BY"];

function nothing(globals: Globals, io: Io): number {
  if (globals.json) printJson(io, "list", { runs: [] });
  else printLines(io, [`There are no runs yet in ${globals.db}.`, "", "next  runwright list --runbooks"]);
  return 0;
}

function stateOf(store: Store, { run, status }: RunRow, now: Date): string {
  return status === "open" ? standingOf(store, run, now).state : status;
}

function cellsOf(row: RunRow & { readonly state: string }): readonly string[] {
  const { run, runbook, state, startedAt, endedAt, requester } = row;
  const took = endedAt === null ? "" : formatMilliseconds(Date.parse(endedAt) - Date.parse(startedAt));
  return [run, runbook, state, utc(startedAt), took, requester];
}

async function listBooks(globals: Globals, io: Io): Promise<number> {
  const books = await listRunbooks(io.cwd);
  if (globals.json) printJson(io, "runbooks", { runbooks: books });
  else
    printLines(io, [...columns(books.map(({ name, file }) => [name, file])), "", "next  runwright run NAME"]);
  return 0;
}
