/**
 * The event log: appends, and the only SQL that touches events.
 *
 * L1  One immediate transaction a turn: all its events, projections and snapshots, or nothing.
 * L2  Each event names the hash of the one before it; the hash covers the stored bytes of its envelope, and the
 *     envelope names the digest of its data. The salt in the data keeps anyone who has only the envelope from guessing.
 * L3  Nothing is appended for a run whose events the writer has not all seen (it is told what it missed), nor by a
 *     writer whose lease somebody else has taken. Who writes is alive: the lease is renewed with what it stores.
 * L4  `at` never goes backwards, and is one for all that a turn stores: a turn that was made at an earlier time than the
 *     log's last is not stored, because it was decided at a time that is over.
 */
import { randomUUID } from "node:crypto";
import { RunbookError } from "../model/error.ts";
import type { AppendResult, Batch } from "../engine/host.ts";
import {
  engineActor,
  type Actor,
  type Artifact,
  type Draft,
  type RunEvent,
  type EventEnvelope,
} from "../model/event.ts";
import { canonical, sha256 } from "../model/json.ts";
import { guarded, patiently, type Connection } from "./database.ts";
import { openHold, type Fence } from "./leases.ts";
import { createProjection } from "./projection.ts";

interface LogHead {
  readonly seq: number;
  readonly hash: string;
  readonly at: string;
}

interface EventRow {
  readonly body: string;
  /** Null once it has been pruned. */
  readonly data: string | null;
  readonly hash: string;
}

export interface Log {
  readonly id: string;
  readonly append: (turn: Batch, fence: Fence | null) => AppendResult;
  /** The events of a run, each with the hash that it was stored with; throws `RECORD_BROKEN` otherwise. */
  readonly events: (run: string) => readonly RunEvent[];
  /** The same unchecked, for a look that nothing is decided by. */
  readonly eventsUnverified: (run: string) => readonly RunEvent[];
  /** Exactly the stored bytes, in order: envelope and data of an event as one object; only those after its event `after`. */
  readonly lines: (run: string, after?: number) => readonly string[];
  /** Events of these runs after what was seen. */
  readonly after: (seen: ReadonlyMap<string, number>) => readonly RunEvent[];
  readonly head: () => { readonly seq: number; readonly hash: string };
  readonly hashAt: (seq: number) => string | undefined;
  /** The time of the newest event that this connection knows of; empty when there is none. */
  readonly lastAt: () => string;
}

const zeros = "0".repeat(64);

/** The hash that the next event names: a zero byte first, so that a leaf is never mistaken for an inner node. */
function hashOf(body: string): string {
  return sha256(`\0${body}`);
}

export function openLog(db: Connection, file: string, now: () => Date): Log {
  const id = logId(db);
  const rows = openEventRows(db);
  const { append, lastAt } = openWriter({ db, log: id, rows, now });
  return {
    id,
    append: (turn, fence) => guarded(file, () => append(turn, fence)),
    events: (run) => guarded(file, () => rows.ofRun(run).map(toEvent)),
    eventsUnverified: (run) => guarded(file, () => rows.ofRun(run).map(parse)),
    lines: (run, seen) => guarded(file, () => rows.ofRun(run, seen).map(lineOf)),
    after: (seen) => guarded(file, () => rows.after(seen)),
    head: () => guarded(file, rows.head),
    hashAt: (seq) => guarded(file, () => rows.hashAt(seq)),
    lastAt: () => guarded(file, lastAt),
  };
}

/** What is stored, asked by one connection. */
interface EventRows extends Pick<Log, "after" | "head" | "hashAt"> {
  readonly ofRun: (run: string, after?: number) => readonly EventRow[];
  readonly countOf: (run: string) => number;
  /** The envelope of the event with this number; undefined when there is none. */
  readonly bodyAt: (seq: number) => string | undefined;
}

function openEventRows(db: Connection): EventRows {
  const last = db.prepare<[], { seq: number; hash: string }>(
    "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1",
  );
  const body = db.prepare<[number], { body: string }>("SELECT body FROM events WHERE seq = ?");
  const since = db.prepare<[string, number], EventRow>(
    "SELECT body, data, hash FROM events WHERE run = ? AND rseq > ? ORDER BY rseq",
  );
  const count = db.prepare<[string], { rseq: number | null }>(
    "SELECT max(rseq) AS rseq FROM events WHERE run = ?",
  );
  const hashBySeq = db.prepare<[number], { hash: string }>("SELECT hash FROM events WHERE seq = ?");
  return {
    ofRun: (run, rseq = 0) => since.all(run, rseq),
    countOf: (run) => count.get(run)?.rseq ?? 0,
    bodyAt: (seq) => body.get(seq)?.body,
    after: (seen) =>
      [...seen]
        .flatMap(([run, rseq]) => since.all(run, rseq).map(toEvent))
        .toSorted((one, other) => one.seq - other.seq),
    head: () => last.get() ?? { seq: 0, hash: zeros },
    hashAt: (seq) => (seq === 0 ? zeros : hashBySeq.get(seq)?.hash),
  };
}

interface WriterOptions {
  readonly db: Connection;
  readonly log: string;
  readonly rows: EventRows;
  readonly now: () => Date;
}

/** What appends, and remembers what it has stored: most often nobody else has added any since. */
function openWriter({ db, log, rows, now }: WriterOptions): Pick<Log, "append" | "lastAt"> {
  // What fails undoes the whole turn, and only then SQLite needs no journal for the statement.
  const insert = db.prepare(
    "INSERT OR ROLLBACK INTO events (seq, run, rseq, type, body, data, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  let newest: LogHead = { seq: 0, hash: zeros, at: "" };
  /** The newest event of each run that it stored, as long as nobody else has added any. */
  const known = new Map<string, number>();
  const hold = openHold(db, now);
  const project = createProjection(db);

  function head(): LogHead {
    const { seq, hash } = rows.head();
    if (hash === newest.hash) return newest;
    return { seq, hash, at: atOf(rows.bodyAt(seq) ?? "{}") };
  }

  function appendAll({ at: made, drafts, seen, snapshots }: Batch, fence: Fence | null): AppendResult {
    if (fence !== null) hold(fence);
    let previous = head();
    if (previous !== newest) known.clear();
    newest = previous;
    const missed = isAllOf(seen) ? [] : rows.after(seen);
    if (missed.length > 0 || (made ?? previous.at) < previous.at) return { type: "conflict", events: missed };
    const rseqs = new Map(seen);
    // What is stored together has happened together.
    const time = made ?? now().toISOString();
    const at = time > previous.at ? time : previous.at;
    const events = drafts.map((draft) => {
      const rseq = (rseqs.get(draft.run) ?? rows.countOf(draft.run)) + 1;
      rseqs.set(draft.run, rseq);
      const { event, body, told } = link(draft, previous, { log, at, rseq });
      insert.run(event.seq, event.run, rseq, event.type, body, told, event.hash);
      previous = { seq: event.seq, hash: event.hash, at: event.at };
      project.event(event);
      return event;
    });
    for (const [run, make] of snapshots) project.snapshot(run, make, rseqs.get(run) ?? 0);
    return { type: "stored", events };
  }

  /** Whether it knows without looking that there is no more of these runs. */
  function isAllOf(seen: ReadonlyMap<string, number>): boolean {
    for (const [run, rseq] of seen) if (known.get(run) !== rseq) return false;
    return true;
  }

  const transaction = db.transaction(appendAll);
  function append(turn: Batch, fence: Fence | null): AppendResult {
    const committed = patiently(() => transaction.immediate(turn, fence));
    const stored = committed.type === "stored" ? committed.events.at(-1) : undefined;
    if (committed.type === "conflict" || stored === undefined) return committed;
    newest = { seq: stored.seq, hash: stored.hash, at: stored.at };
    for (const { run, rseq } of committed.events) known.set(run, rseq);
    return committed;
  }
  return { append, lastAt: () => (newest.seq === 0 ? head() : newest).at };
}

/** The event that a draft becomes after `previous`, and the two texts that are stored of it. */
function link(
  { run, type, actor, data, artifacts = [] }: Draft,
  previous: LogHead,
  { log, at, rseq }: Pick<EventEnvelope, "log" | "at" | "rseq">,
): { readonly event: RunEvent; readonly body: string; readonly told: string } {
  const [seq, prev] = [previous.seq + 1, previous.hash];
  const told = dataText(data, artifacts);
  const commitment = sha256(told);
  const body = bodyText({ v: 1, log, seq, rseq, at, prev, commitment, run, type, actor });
  const hash = hashOf(body);
  // Spelt out, as above: to spread one object into another is slow, and every turn waits for this.
  const event = { v: 1, log, seq, rseq, at, prev, commitment, run, type, actor, data, artifacts, hash };
  return { event: event as RunEvent, body, told };
}

/** The stored text of what an event says, which is canonical because its keys are written in their order. */
function dataText(data: Draft["data"], artifacts: readonly Artifact[]): string {
  return `{"artifacts":${canonical(artifacts)},"data":${canonical(data)},"salt":"${randomUUID()}"}`;
}

/** Nearly all events are the engine's. */
const engineText = canonical(engineActor);

function actorText(actor: Actor): string {
  return actor === engineActor ? engineText : canonical(actor);
}

/** The stored text of an envelope, in the same way: nothing else in it than these two could need escaping. */
function bodyText(body: EventEnvelope & Pick<Draft, "run" | "type" | "actor">): string {
  const { at, commitment, log, prev, rseq, seq, type, v } = body;
  return (
    `{"actor":${actorText(body.actor)},"at":"${at}","commitment":"${commitment}","log":"${log}",` +
    `"prev":"${prev}","rseq":${rseq},"run":${canonical(body.run)},"seq":${seq},"type":"${type}","v":${v}}`
  );
}

/** An event as one line of JSON: no text of an envelope holds `,"artifacts":`, so both parts can be told apart again. */
function lineOf({ body, data }: Pick<EventRow, "body" | "data">): string {
  return data === null ? body : `${body.slice(0, -1)},${data.slice(1)}`;
}

/** A row as an event; what does not have its digests is not evidence of anything. */
function toEvent(row: EventRow): RunEvent {
  const event = parse(row);
  if (hashOf(row.body) === row.hash && sha256(row.data ?? "") === event.commitment) return event;
  throw new RunbookError(
    "RECORD_BROKEN",
    `A stored event does not have its own hash (${row.hash.slice(0, 12)}).`,
  );
}

function parse(row: EventRow): RunEvent {
  if (row.data === null) {
    const { run } = JSON.parse(row.body) as RunEvent;
    throw new RunbookError(
      "RECORD_PRUNED",
      `What run ${run} recorded has been pruned; only its chain is left.`,
    );
  }
  const { salt: _, ...event } = JSON.parse(lineOf(row)) as RunEvent & { readonly salt: string };
  return { ...event, hash: row.hash };
}

function atOf(body: string): string {
  return (JSON.parse(body) as EventEnvelope).at;
}

/** Given once, when the database was made. */
function logId(db: Connection): string {
  const found = db.prepare<[], { value: string }>("SELECT value FROM meta WHERE key = 'log'").get();
  if (found !== undefined) return found.value;
  throw new RunbookError("STATE_CORRUPT", "The database does not say which log it holds.");
}
