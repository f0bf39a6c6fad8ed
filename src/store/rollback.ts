/**
 * Rollbacks: a database that is not a continuation of what was noted outside of it. It is refused until a person
 * accepts it, which is an event in the log that goes on.
 */
import { RunbookError } from "../model/error.ts";
import type { Actor, EventData } from "../model/event.ts";
import { openAnchor, type Anchor } from "./anchor.ts";
import { guarded, openDatabase, type Connection } from "./database.ts";
import { openLog, type Log } from "./log.ts";
import { isVacant, noteLog, seenLog } from "./log-identity.ts";

/** A log's id, its newest event and that event's hash; 0 and zeros for a log without events. */
export interface LogMark {
  readonly log: string;
  readonly seq: number;
  readonly hash: string;
}

/** What was noted, and what the database holds instead. */
export interface DetectedRollback {
  readonly was: LogMark;
  readonly is: LogMark;
}

/** What a database has to be a continuation of. */
export interface DatabasePaths {
  readonly file: string;
  readonly anchors: string;
}

const zeros = "0".repeat(64);

/** Throws `STATE_ROLLED_BACK` when there is no database where one was; called before one is made. */
export function refuseVacant({ file, anchors }: DatabasePaths): void {
  const log = seenLog(file);
  if (log === undefined || !isVacant(file)) return;
  const is = { log: "", seq: 0, hash: zeros };
  throw refusal(file, { was: noted(anchors, log), is }, "it is empty or gone");
}

/** Throws `STATE_ROLLED_BACK` when the log is not a continuation of what was noted, else notes which log it is. */
export function requireContinuation({ file, anchors }: DatabasePaths, log: Log, anchor: Anchor): void {
  const rollback = findRollback({ file, anchors }, log, anchor);
  if (rollback === null) {
    if (seenLog(file) !== log.id) noteLog(file, log.id);
    return;
  }
  const { was, is } = rollback;
  const isOther =
    log.hashAt(was.seq) === undefined ? `it ends at event ${is.seq}` : `its event ${was.seq} is another one`;
  throw refusal(
    file,
    rollback,
    was.log === is.log ? isOther : `it holds another log (${is.log}, ${is.seq} events)`,
  );
}

/** Stores who accepted that the log goes on from an older state, and lets its anchor go on from there; null when it need not. */
export function acceptRollback(
  place: DatabasePaths,
  by: { readonly actor: Actor; readonly reason: string; readonly now: () => Date },
): EventData["rollback.accepted"] | null {
  const { file, anchors } = place;
  const db = openDatabase(file);
  try {
    return guarded(file, () => {
      const log = openLog(db, file, by.now);
      const anchor = openAnchor(anchors, log.id);
      const rollback = findRollback(place, log, anchor);
      if (rollback === null) return null;
      const open = db.prepare<[], { run: string; parent: string | null }>(
        "SELECT run, parent FROM runs WHERE ended_at IS NULL ORDER BY rowid",
      );
      const runs = open.all();
      const unfinished = runs.flatMap(({ run, parent }) => (parent === null ? [run] : []));
      const data = { ...rollback, reason: by.reason, since: timeOf(db, rollback.is.seq), unfinished };
      const drafts = ["log", ...runs.map(({ run }) => run)].map((run) => {
        return { run, type: "rollback.accepted", actor: by.actor, data } as const;
      });
      log.append({ drafts, seen: new Map(), snapshots: new Map() }, null);
      // Until this is done the database stays refused.
      if (rollback.was.log === log.id) anchor.setAside(rollback.was.seq);
      noteLog(file, log.id);
      anchor.note(log.head(), true);
      anchor.close();
      return data;
    });
  } finally {
    db.close();
  }
}

function timeOf(db: Connection, seq: number): string {
  const at = db.prepare<[number], string>("SELECT json_extract(body, '$.at') FROM events WHERE seq = ?");
  return at.pluck().get(seq) ?? "";
}

function findRollback({ file, anchors }: DatabasePaths, log: Log, anchor: Anchor): DetectedRollback | null {
  const is = { log: log.id, ...log.head() };
  const seen = seenLog(file);
  if (seen !== undefined && seen !== log.id) return { was: noted(anchors, seen), is };
  const newest = anchor.lastNoted();
  if (newest === undefined || log.hashAt(newest.seq) === newest.hash) return null;
  return { was: { log: log.id, seq: newest.seq, hash: newest.hash }, is };
}

function noted(anchors: string, log: string): LogMark {
  const newest = openAnchor(anchors, log).lastNoted() ?? { seq: 0, hash: zeros };
  return { log, seq: newest.seq, hash: newest.hash };
}

function refusal(file: string, { was, is }: DetectedRollback, what: string): RunbookError {
  return new RunbookError(
    "STATE_ROLLED_BACK",
    `\`${file}\` is older than its anchor: event ${was.seq} of log ${was.log} was stored, but ${what}.`,
    { data: { anchor: was.seq, head: is.seq, log: was.log } },
  );
}
