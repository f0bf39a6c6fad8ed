/**
 * Looks at stored events with the eyes of somebody who does not trust who stored them. It computes every hash itself,
 * on purpose without the code that wrote them: a mistake there must not excuse itself here.
 */
import { hash as digest } from "node:crypto";
import { isUsualData, readEnvelope } from "./envelope.ts";
import { canonical } from "./json.ts";

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
export interface ExpectedRecord {
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
type CheckName = keyof typeof names;

interface ParsedBody {
  readonly [key: string]: unknown;
}

type NoteFault = (name: CheckName, fault: string) => void;

/** Verifies consecutive rows of a log; the first thing that is wrong is named in each check. */
export function verifyRecord(rows: Iterable<StoredRow>, expected: ExpectedRecord): Verification {
  const faults = new Map<CheckName, string>();
  const note: NoteFault = (name, fault) => {
    if (!faults.has(name)) faults.set(name, fault);
  };
  const place = placing(expected, note);
  let events = 0;
  let withheld = 0;
  let last: StoredRow | undefined;
  for (const row of rows) {
    events += 1;
    if (row.data === null && isOwn(row, expected)) withheld += 1;
    const near = { log: expected.log, before: last === undefined ? expected.before : last.hash };
    place.next(row, soundAt(row, near) ?? look(row, near, note));
    last = row;
  }
  if (events > 0 && expected.before === undefined)
    note("sequence", "the event before the first one is missing");
  place.end();
  return {
    events,
    head: last === undefined ? null : { seq: last.seq, hash: last.hash },
    checks: (Object.keys(names) as CheckName[]).map((name) =>
      checkOf(name, faults.get(name), { events, withheld }),
    ),
  };
}

/** Of other runs that share the log, nothing but the envelope is asked for. */
function isOwn({ run }: StoredRow, { runs }: ExpectedRecord): boolean {
  return runs.length === 0 || runs.includes(run);
}

/** Looks at the order of the rows: numbers without gaps, and a clock that never goes backwards. */
function placing({ runs }: ExpectedRecord, note: NoteFault) {
  const counts = new Map<string, number>();
  let before = { seq: 0, at: "" };
  const next = ({ seq, run, rseq }: StoredRow, at: string): void => {
    if (before.seq !== 0 && seq !== before.seq + 1)
      note("sequence", `event ${before.seq} is followed by ${seq}`);
    if (at < before.at) note("clock", `event ${seq}: ${at}`);
    before = { seq, at };
    const nth = counts.get(run);
    // Of a run that only shares the log, the first events may lie before these rows.
    const isWhole = nth !== undefined || runs.includes(run);
    if (isWhole && rseq !== (nth ?? 0) + 1)
      note("runs", `run ${run}: event ${nth ?? 0} is followed by ${rseq}`);
    counts.set(run, rseq);
  };
  const end = (): void => {
    for (const run of runs) if (!counts.has(run)) note("runs", `run ${run} has no events`);
  };
  return { next, end };
}

/** The log, and the hash of the event before; undefined when that event is missing. */
interface ChainLink {
  readonly log: string;
  readonly before: string | undefined;
}

/** When it happened, of an event in which everything is as it should be at one look; else null. */
function soundAt(row: StoredRow, { log, before }: ChainLink): string | null {
  const { seq, run, rseq, type, body, data } = row;
  if (data === null || before === undefined || hashOf(body) !== row.hash || !isUsualData(data)) return null;
  return readEnvelope(body, { log, seq, run, rseq, type, prev: before, commitment: digest("sha256", data) });
}

/** Notes what is wrong with an event, and tells when it happened. */
function look(row: StoredRow, { log, before }: ChainLink, note: NoteFault): string {
  const { seq, body: text, data, hash } = row;
  const body = parse(text);
  const found = hashOf(text);
  if (found !== hash) note("hashes", `event ${seq}: expected ${hash}, got ${found}`);
  const bound = data === null ? body["commitment"] : digest("sha256", data);
  if (bound !== body["commitment"])
    note("commitments", `event ${seq}: expected ${String(body["commitment"])}, got ${String(bound)}`);
  if (before !== undefined && body["prev"] !== before)
    note("chain", `event ${seq}: expected ${before} before it, got ${String(body["prev"])}`);
  const differing = differences(row, body, log);
  if (differing.length > 0) note("identity", `event ${seq}: ${differing.join(", ")}`);
  const content = data === null ? null : parse(data);
  if (!isCanonical(text) || (data !== null && !isCanonical(data))) note("form", `event ${seq}`);
  if (!hasFields(body, envelope) || (content !== null && !hasFields(content, said)))
    note("schema", `event ${seq}: expected ${Object.keys(envelope).join(", ")}`);
  return String(body["at"]);
}

function differences(row: StoredRow, body: ParsedBody, log: string): readonly string[] {
  const own = { seq: row.seq, run: row.run, rseq: row.rseq, type: row.type, log };
  return Object.entries(own)
    .filter(([key, value]) => body[key] !== value)
    .map(([key, value]) => `${key} is ${String(body[key])}, expected ${value}`);
}

type FieldChecks = Readonly<Record<string, (value: unknown) => boolean>>;

const isText = (value: unknown): boolean => typeof value === "string";
const isNumber = (value: unknown): boolean => typeof value === "number" && value > 0;
const isObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const envelope: FieldChecks = {
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
const said: FieldChecks = { artifacts: Array.isArray, data: isObject, salt: isText };

/** No field less, and none more: what no reader knows is not read by anybody. */
function hasFields(value: ParsedBody, fields: FieldChecks): boolean {
  for (const name in fields) if (fields[name]?.(value[name]) !== true) return false;
  return Object.keys(value).length === Object.keys(fields).length;
}

function isCanonical(text: string): boolean {
  try {
    return canonical(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}

function parse(text: string): ParsedBody {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? (value as ParsedBody) : {};
  } catch {
    return {};
  }
}

function hashOf(body: string): string {
  return digest("sha256", `\0${body}`);
}

interface RowCounts {
  readonly events: number;
  readonly withheld: number;
}

function checkOf(name: CheckName, fault: string | undefined, { events, withheld }: RowCounts): Check {
  if (fault !== undefined) return { name: names[name], verdict: "fail", detail: fault };
  if (events === 0) return { name: names[name], verdict: "unknown", detail: "there are no events" };
  if (name === "commitments" && withheld > 0)
    return { name: names[name], verdict: "unknown", detail: `of ${events} events ${withheld} are withheld` };
  return { name: names[name], verdict: "pass", detail: `${events} events` };
}
