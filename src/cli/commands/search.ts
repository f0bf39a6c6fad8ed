import type { RunEvent } from "../../model/event.ts";
import { RunbookError } from "../../model/error.ts";
import { openBlobs, type Blobs } from "../../store/blobs.ts";
import type { RunFilter } from "../../store/run-list.ts";
import type { RunRow, Store } from "../../store/store.ts";
import type { Globals, Io } from "../io.ts";
import { parseMoment } from "../time-argument.ts";
import { rowOf } from "../../runs/find-run.ts";
import { openForReading } from "../record/with-run.ts";
import { columns, printJson, printLines, utc } from "../view/print.ts";

export interface SearchArgs {
  /** Everything that a list can be narrowed by; moments as they were typed. */
  readonly filter: Omit<RunFilter, "open" | "limit" | "roots">;
  /** Text that an event or an evidence file of the run contains, in any case. */
  readonly text: string | null;
  readonly limit: number;
}

/** Where a text was found: an event, or a file of its evidence. */
interface Place {
  readonly rseq: number;
  readonly where: string;
}

interface Found {
  readonly row: RunRow;
  readonly places: readonly Place[];
}

/** Finds runs, child runs included, newest first. */
export async function search(args: SearchArgs, globals: Globals, io: Io): Promise<number> {
  if (Object.values(args.filter).every((value) => value === undefined) && args.text === null)
    throw new RunbookError("USAGE", "Nothing was said to search for.", {
      hint: 'For example: runwright search --text "Redis connection failed"   All runs: runwright list --all',
    });
  const filter = withMoments(args.filter, io.now());
  const store = openForReading(globals, io);
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

async function findIn(store: Store, { filter, text, limit }: SearchArgs): Promise<readonly Found[]> {
  const before = filter.before === undefined ? undefined : rowOf(store, filter.before).run;
  const blobs = openBlobs(store);
  const found: Found[] = [];
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
    return store.log.glance(run);
  } catch (error) {
    if (error instanceof RunbookError && error.code === "RECORD_PRUNED") return [];
    throw error;
  }
}

async function placesOf(events: readonly RunEvent[], text: string, blobs: Blobs): Promise<readonly Place[]> {
  const needle = text.toLowerCase();
  const places: Place[] = [];
  for (const { rseq, type, data, actor, artifacts } of events) {
    if (contains([data, actor.id], needle)) places.push({ rseq, where: type });
    for (const { name, sha256 } of artifacts) {
      const bytes = await blobs.get(sha256).catch(() => new Uint8Array());
      if (Buffer.from(bytes).toString().toLowerCase().includes(needle)) places.push({ rseq, where: name });
    }
  }
  return places;
}

/** Whether a string anywhere in a value contains the text: what a person reads, not how JSON spells it. */
function contains(value: unknown, needle: string): boolean {
  if (typeof value === "string") return value.toLowerCase().includes(needle);
  if (typeof value !== "object" || value === null) return String(value) === needle;
  return Object.values(value).some((inside) => contains(inside, needle));
}

const titles = ["RUN", "RUNBOOK", "STATUS", "STARTED", "BY", "INSIDE", "FOUND IN"];

function linesOf(found: readonly Found[], older: string | null): readonly string[] {
  if (found.length === 0) return ["No run is like that."];
  const rows = found.map(({ row, places }) => [
    row.run,
    row.runbook,
    row.status,
    utc(row.startedAt),
    row.requester,
    row.parent ?? "",
    placesIn(places),
  ]);
  return [
    ...columns([titles, ...rows]).map((line) => line.trimEnd()),
    ...(older === null ? [] : ["", `older  ${older}`]),
  ];
}

/** The first places, and how many more there are. */
function placesIn(places: readonly Place[]): string {
  const shown = places.slice(0, 3).map(({ rseq, where }) => `#${rseq} ${where}`);
  const more = places.length - shown.length;
  return [...shown, ...(more === 0 ? [] : [`and ${more} more`])].join(", ");
}
