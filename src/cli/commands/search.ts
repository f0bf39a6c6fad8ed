import type { RunEvent } from "../../model/event.ts";
import { RunbookError } from "../../model/error.ts";
import { openBlobs } from "../../store/blobs.ts";
import type { RunFilter } from "../../store/run-list.ts";
import type { Store } from "../../store/store.ts";
import { placesOf } from "../record/find-text.ts";
import { linesOf, type FoundRun } from "../view/search-lines.ts";
import type { Globals, Io } from "../io.ts";
import { parseMoment } from "../time-argument.ts";
import { openForReading, rowOf } from "../../runs/find-run.ts";
import { placeOf } from "../record/record-place.ts";
import { printJson, printLines } from "../view/print.ts";

export interface SearchArgs {
  /** Everything that a list can be narrowed by; moments as they were typed. */
  readonly filter: Omit<RunFilter, "open" | "limit" | "roots">;
  /** Text that an event or an evidence file of the run contains, in any case. */
  readonly text: string | null;
  readonly limit: number;
}

/** Finds runs, child runs included, newest first. */
export async function search(args: SearchArgs, globals: Globals, io: Io): Promise<number> {
  if (Object.values(args.filter).every((value) => value === undefined) && args.text === null)
    throw new RunbookError("USAGE", "There is nothing to search for.", {
      hint: 'For example: runwright search --text "Redis connection failed"   All runs: runwright list --all',
    });
  const filter = withMoments(args.filter, io.now());
  const store = openForReading(placeOf(globals, io));
  try {
    const found = store === undefined ? [] : await findIn(store, { ...args, filter });
    const last = found.length === args.limit ? found.at(-1)?.row.run : undefined;
    const older = last === undefined ? null : `the same with --before ${last}`;
    if (globals.json)
      printJson(io, "search", { runs: found.map(({ row, places }) => ({ ...row, places })), older });
    else printLines(io, linesOf(found, older));
    return 0;
  } finally {
    store?.close();
  }
}

function withMoments({ since, until, ...rest }: SearchArgs["filter"], now: Date): SearchArgs["filter"] {
  return {
    ...rest,
    since: since === undefined ? since : parseMoment(since, "--since", now),
    until: until === undefined ? until : parseMoment(until, "--until", now),
  };
}

async function findIn(store: Store, { filter, text, limit }: SearchArgs): Promise<readonly FoundRun[]> {
  const before = filter.before === undefined ? undefined : rowOf(store, filter.before).run;
  const blobs = openBlobs(store);
  const found: FoundRun[] = [];
  for (const row of store.browse({ ...filter, before, open: false, limit: text === null ? limit : -1 })) {
    const places = text === null ? [] : await placesOf(eventsOf(store, row.run), text, blobs);
    if (text === null || places.length > 0) found.push({ row, places });
    if (found.length === limit) break;
  }
  return found;
}

/** In what was pruned there is nothing to find. */
function eventsOf(store: Store, run: string): readonly RunEvent[] {
  try {
    return store.log.eventsUnverified(run);
  } catch (error) {
    if (error instanceof RunbookError && error.code === "RECORD_PRUNED") return [];
    throw error;
  }
}
