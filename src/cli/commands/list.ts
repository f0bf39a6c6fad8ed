import { formatMilliseconds } from "../../model/duration.ts";
import { normaliseRunId } from "../../model/run-id.ts";
import type { RunRow, Store } from "../../store/store.ts";
import type { Globals, Io } from "../io.ts";
import { openForReading, rowOf } from "../../runs/find-run.ts";
import { placeOf } from "../record/record-place.ts";
import { columns, printJson, printLines, utc } from "../view/print.ts";
import { statusOf } from "../../runs/run-status.ts";

export interface ListArgs {
  /** Every run, not only a page. */
  readonly all: boolean;
  /** So many runs are a page. */
  readonly limit: number;
  /** Only runs that started before this one. */
  readonly before: string | null;
}

/** Lists runs, newest first. */
export async function list(args: ListArgs, globals: Globals, io: Io): Promise<number> {
  const store = openForReading(placeOf(globals, io));
  try {
    const { rows, older } = store === undefined ? { rows: [], older: null } : pageOf(store, args);
    if (store === undefined || rows.length === 0) return nothing(args, globals, io);
    const shown = rows.map((row) => ({ ...row, state: stateOf(store, row) }));
    if (globals.json) printJson(io, "list", { runs: shown, older });
    else {
      const more = older === null ? [] : ["", `older  ${older}`];
      printLines(io, [...columns([titles, ...shown.map(cellsOf)]), ...more]);
    }
    return 0;
  } finally {
    store?.close();
  }
}

/** One run more than is shown is looked for, so that an older page is offered only where there is one. */
function pageOf(
  store: Store,
  { all, limit, before }: ListArgs,
): { readonly rows: readonly RunRow[]; readonly older: string | null } {
  // A mistyped run must not look like the end of the list.
  const from = before === null ? undefined : rowOf(store, before).run;
  const found = store.list({ open: false, roots: true, limit: all ? -1 : limit + 1, before: from });
  const rows = all ? found : found.slice(0, limit);
  const last = rows.at(-1);
  const hasMore = found.length > rows.length && last !== undefined;
  const size = limit === usualPage ? "" : ` --limit ${limit}`;
  return { rows, older: hasMore ? `runwright list${size} --before ${last.run}` : null };
}

/** How many runs are listed where nothing else is said. */
const usualPage = 20;

const titles = ["RUN", "RUNBOOK", "STATE", "STARTED", "TOOK", "BY"];

function nothing({ before }: ListArgs, globals: Globals, io: Io): number {
  if (globals.json) printJson(io, "list", { runs: [], older: null });
  else if (before !== null) printLines(io, [`There is no run before ${normaliseRunId(before)}.`]);
  else printLines(io, [`There are no runs yet in ${globals.db}.`, "", "next  runwright list --runbooks"]);
  return 0;
}

function stateOf(store: Store, { run, status }: RunRow): string {
  return status === "open" ? statusOf(store, run).state : status;
}

function cellsOf(row: RunRow & { readonly state: string }): readonly string[] {
  const { run, runbook, state, startedAt, endedAt, requester } = row;
  const took = endedAt === null ? "" : formatMilliseconds(Date.parse(endedAt) - Date.parse(startedAt));
  return [run, runbook, state, utc(startedAt), took, requester];
}
