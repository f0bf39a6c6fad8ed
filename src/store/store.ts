import os from "node:os";
import path from "node:path";
import { createRecordClock, type RecordClock } from "../model/record-clock.ts";
import { openAnchor, type Anchor } from "./anchor.ts";
import { guarded, openDatabase } from "./database.ts";
import { openLeases, type Leases, type Owner } from "./leases.ts";
import { openLog, type Log } from "./log.ts";
import { refuseVacant, requireContinuation } from "./rollback.ts";
import { openRunList, runColumns, type RunFilter, type RunRow } from "./run-list.ts";

export type { RunRow } from "./run-list.ts";

/** One `state.db`. */
export interface Store {
  readonly file: string;
  readonly log: Log;
  readonly leases: Leases;
  /** The record's clock (record-clock.ts): by it expiries, timers and leases are judged. */
  readonly now: RecordClock["now"];
  readonly jumps: RecordClock["jumps"];
  readonly anchor: Anchor;
  readonly find: (run: string) => RunRow | undefined;
  /** Newest first. */
  readonly list: (filter: RunFilter) => readonly RunRow[];
  /** The same, read as far as they are looked at. */
  readonly browse: (filter: RunFilter) => Iterable<RunRow>;
  /** A run and its child runs, in the order in which they started. */
  readonly runTree: (root: string) => readonly RunRow[];
  readonly openOnTarget: (target: string) => readonly RunRow[];
  /** The cached snapshot and the `rseq` it belongs to. */
  readonly snapshot: (run: string) => { readonly json: string; readonly rseq: number } | undefined;
  readonly claimant: (name: string) => string | undefined;
  /** The number of the newest event: whoever stored it. */
  readonly lastSeq: () => number;
  readonly close: () => void;
}

export interface StoreOptions {
  readonly file: string;
  /** A directory on another path than the database; see anchor.ts. */
  readonly anchors: string;
  /** Takes each signed note to where else it is kept. */
  readonly publish?: (line: string) => void;
  /** The wall clock. */
  readonly now: () => Date;
  readonly isAlive: (owner: Owner) => boolean;
}

const steady = (): number => performance.now();
/** Reads a file of the system each time. */
const awakeOrAsleep = (): number => os.uptime() * 1_000;

/** Opens, and creates where there is none, a database whose record is a continuation of its anchor. */
export function openStore({ file, anchors, publish, now, isAlive }: StoreOptions): Store {
  const absolute = path.resolve(file);
  const place = { file: absolute, anchors };
  guarded(absolute, () => refuseVacant(place));
  const db = openDatabase(absolute);
  return guarded(absolute, () => {
    const log = openLog(db, absolute, () => clock.now());
    const clock = createRecordClock({
      wall: now,
      steady,
      awakeOrAsleep,
      last: () => (db.open ? log.lastAt() : ""),
    });
    const anchor = openAnchor(anchors, log.id, publish);
    try {
      requireContinuation(place, log, anchor);
    } catch (error) {
      db.close();
      throw error;
    }
    const one = db.prepare<[string], RunRow>(`SELECT ${runColumns} FROM runs WHERE run = ?`);
    const browse = openRunList(db);
    const family = db.prepare<[string], RunRow>(
      `SELECT ${runColumns} FROM runs WHERE root = ? ORDER BY rowid`,
    );
    const target = db.prepare<[string], RunRow>(
      `SELECT ${runColumns} FROM runs WHERE target = ? AND ended_at IS NULL AND parent IS NULL ORDER BY rowid`,
    );
    const snapshot = db.prepare<[string], { json: string; rseq: number }>(
      "SELECT snapshot AS json, snapshot_rseq AS rseq FROM runs WHERE run = ? AND snapshot IS NOT NULL",
    );
    const newest = db.prepare<[], { seq: number | null }>("SELECT max(seq) AS seq FROM events");
    const claim = db.prepare<[string], { key: string }>("SELECT key FROM claims WHERE name = ?");
    return {
      file: absolute,
      log,
      anchor,
      now: clock.now,
      jumps: clock.jumps,
      leases: openLeases(db, absolute, { now: clock.now, isAlive }),
      find: (run) => one.get(run),
      list: (filter) => [...browse(filter)],
      browse,
      runTree: (root) => family.all(root),
      openOnTarget: (key) => target.all(key),
      snapshot: (run) => snapshot.get(run),
      claimant: (name) => claim.get(name)?.key,
      lastSeq: () => newest.get()?.seq ?? 0,
      close: () => {
        anchor.close();
        db.close();
      },
    };
  });
}
