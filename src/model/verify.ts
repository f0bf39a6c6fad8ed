/**
 * Looks at stored events with the eyes of somebody who does not trust who stored them. It computes every hash itself,
 * on purpose without the code that wrote them: a mistake there must not excuse itself here.
 */
import { hash as digest } from "node:crypto";
import { isCanonical } from "./canonical-form.ts";
import { readEnvelope } from "./envelope.ts";

/** A stored event: the row and, as its body and data, exactly the stored bytes; no data when it was withheld. */
export interface StoredRow {
  readonly seq: number;
  readonly run: string;
  readonly rseq: number;
  readonly type: string;
  readonly body: string;
  readonly data: string | null;
  readonly hash: string;
}

/** One named thing that was looked at; `unknown` when there was nothing to compare with. */
export interface Check {
  readonly name: string;
  readonly verdict: "pass" | "fail" | "unknown";
  readonly detail: string;
}

/** What a range of the log is compared with. */
export interface Expected {
  readonly log: string;
  /** The hash of the event before the first row; undefined when it is not known. */
  readonly before: string | undefined;
  /** Runs of which every event has to be there. */
  readonly runs: readonly string[];
}

export interface Verification {
  readonly events: number;
  /** The last row. */
  readonly head: { readonly seq: number; readonly hash: string } | null;
  readonly checks: readonly Check[];
}

const names = {
  hashes: "each stored event has its own hash",
  chain: "each event names the hash of the one before it",
  commitments: "each event's data is what its envelope is bound to",
  sequence: "no event is missing from the log",
  runs: "no event is missing from the run and its child runs",
  identity: "rows and events say the same",
  form: "events are stored in canonical form",
  schema: "each event has the fields of its version",
  clock: "time never goes backwards",
} as const;
type Name = keyof typeof names;

interface Parsed {
  readonly [key: string]: unknown;
}

/** Verifies consecutive rows of a log; the first thing that is wrong is named in each check. */
export function verifyRecord(rows: Iterable<StoredRow>, expected: Expected): Verification {
  const faults = new Map<Name, string>();
  const counts = new Map<string, number>();
  let events = 0;
  let withheld = 0;
  let last: { readonly row: StoredRow; readonly at: string } | undefined;
  for (const row of rows) {
    events += 1;
    if (row.data === null && isOwn(row, expected)) withheld += 1;
    const usual = readEnvelope(row.body);
    const body: Parsed = usual ?? parse(row.body);
    const before = last === undefined ? expected.before : last.row.hash;
    look(row, body, { expected, before, last, counts, usual: usual !== null }, faults);
    counts.set(row.run, row.rseq);
    last = { row, at: String(body["at"]) };
  }
  if (events > 0 && expected.before === undefined) {
    faults.set("sequence", "the event before the first one is missing");
  }
  for (const run of expected.runs) {
    if (!counts.has(run)) faults.set("runs", `run ${run} has no events`);
  }
  return {
    events,
    head: last === undefined ? null : { seq: last.row.seq, hash: last.row.hash },
    checks: (Object.keys(names) as Name[]).map((name) =>
      checkOf(name, faults.get(name), { events, withheld }),
    ),
  };
}

/** Of other runs that share the log, nothing but the envelope is asked for. */
function isOwn({ run }: StoredRow, { runs }: Expected): boolean {
  return runs.length === 0 || runs.includes(run);
}

interface Neighbours {
  readonly expected: Expected;
  readonly before: string | undefined;
  readonly last: { readonly row: StoredRow; readonly at: string } | undefined;
  readonly counts: ReadonlyMap<string, number>;
  /** Whether the envelope's fields and form have been seen to be right. */
  readonly usual: boolean;
}

/** Notes what is wrong with a row; a check keeps the first fault that it found. */
function look(row: StoredRow, body: Parsed, near: Neighbours, faults: Map<Name, string>): void {
  const { seq, run, rseq, hash } = row;
  const note = (name: Name, fault: string): void => {
    if (!faults.has(name)) faults.set(name, fault);
  };
  const found = hashOf(row.body);
  if (found !== hash) note("hashes", `event ${seq}: expected ${hash}, got ${found}`);
  const content = row.data === null ? null : parse(row.data);
  const bound = row.data === null ? body["commitment"] : digest("sha256", row.data);
  if (bound !== body["commitment"])
    note("commitments", `event ${seq}: expected ${String(body["commitment"])}, got ${String(bound)}`);
  if (near.before !== undefined && body["prev"] !== near.before) {
    note("chain", `event ${seq}: expected ${near.before} before it, got ${String(body["prev"])}`);
  }
  if (near.last !== undefined && seq !== near.last.row.seq + 1) {
    note("sequence", `event ${near.last.row.seq} is followed by ${seq}`);
  }
  const nth = near.counts.get(run);
  // Of a run that only shares the log, the first events may lie before these rows.
  const isWhole = nth !== undefined || near.expected.runs.includes(run);
  if (isWhole && rseq !== (nth ?? 0) + 1) {
    note("runs", `run ${run}: event ${nth ?? 0} is followed by ${rseq}`);
  }
  const differing = differences(row, body, near.expected.log);
  if (differing.length > 0) note("identity", `event ${seq}: ${differing.join(", ")}`);
  if ((!near.usual && !isCanonical(row.body, body)) || (row.data !== null && !isCanonical(row.data, content)))
    note("form", `event ${seq}`);
  if ((!near.usual && !hasFields(body, envelope)) || (content !== null && !hasFields(content, said)))
    note("schema", `event ${seq}: expected ${Object.keys(envelope).join(", ")}`);
  const at = String(body["at"]);
  if (near.last !== undefined && at < near.last.at) note("clock", `event ${seq}: ${at}`);
}

function differences(row: StoredRow, body: Parsed, log: string): readonly string[] {
  const isSame =
    body["seq"] === row.seq &&
    body["run"] === row.run &&
    body["rseq"] === row.rseq &&
    body["type"] === row.type &&
    body["log"] === log;
  if (isSame) return [];
  const own = { seq: row.seq, run: row.run, rseq: row.rseq, type: row.type, log };
  return Object.entries(own)
    .filter(([key, value]) => body[key] !== value)
    .map(([key, value]) => `${key} is ${String(body[key])}, expected ${value}`);
}

type Fields = Readonly<Record<string, (value: unknown) => boolean>>;

const isText = (value: unknown): boolean => typeof value === "string";
const isNumber = (value: unknown): boolean => typeof value === "number" && value > 0;
const isObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const envelope: Fields = {
  v: (value) => value === 1,
  log: isText,
  seq: isNumber,
  rseq: isNumber,
  at: isText,
  run: isText,
  type: isText,
  actor: isObject,
  prev: isText,
  commitment: isText,
};
const said: Fields = { artifacts: Array.isArray, data: isObject, salt: isText };

/** No field less, and none more: what no reader knows is not read by anybody. */
function hasFields(value: Parsed, fields: Fields): boolean {
  for (const name in fields) if (fields[name]?.(value[name]) !== true) return false;
  return Object.keys(value).length === Object.keys(fields).length;
}

function parse(text: string): Parsed {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? (value as Parsed) : {};
  } catch {
    return {};
  }
}

function hashOf(body: string): string {
  return digest("sha256", `\0${body}`);
}

interface Counts {
  readonly events: number;
  readonly withheld: number;
}

function checkOf(name: Name, fault: string | undefined, { events, withheld }: Counts): Check {
  if (fault !== undefined) return { name: names[name], verdict: "fail", detail: fault };
  if (events === 0) return { name: names[name], verdict: "unknown", detail: "there are no events" };
  if (name === "commitments" && withheld > 0)
    return { name: names[name], verdict: "unknown", detail: `of ${events} events ${withheld} are withheld` };
  return { name: names[name], verdict: "pass", detail: `${events} events` };
}
