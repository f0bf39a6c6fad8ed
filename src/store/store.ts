import path from "node:path";
import type { RunEnd } from "../model/event.ts";
import { openAnchor, type Anchor } from "./anchor.ts";
import { guarded, openDatabase } from "./database.ts";
import { openLeases, type Leases, type Owner } from "./leases.ts";
import { openLog, type Log } from "./log.ts";

/** What a list of runs needs to know of each. */
export interface RunRow {
  readonly run: string;
  readonly parent: string | null;
  readonly root: string;
  readonly runbook: string;
  readonly target: string | null;
  readonly requester: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly status: "open" | RunEnd;
}

/** One `state.db`. */
export interface Store {
  readonly file: string;
  readonly log: Log;
  readonly leases: Leases;
  readonly anchor: Anchor;
  readonly find: (run: string) => RunRow | undefined;
  /** Newest first; `open` leaves out the runs that have ended. */
  readonly list: (filter: { readonly open: boolean; readonly limit: number }) => readonly RunRow[];
  /** A run and its child runs, in the order in which they started. */
  readonly family: (root: string) => readonly RunRow[];
  readonly openOnTarget: (target: string) => readonly RunRow[];
  /** The cached snapshot and the `rseq` it belongs to. */
  readonly snapshot: (run: string) => { readonly json: string; readonly rseq: number } | undefined;
  readonly claimant: (name: string) => string | undefined;
  /** The number of the newest event: whoever stored it. */
  readonly newest: () => number;
  readonly close: () => void;
}

export interface StoreOptions {
  readonly file: string;
  /** A directory on another path than the database; see anchor.ts. */
  readonly anchors: string;
  readonly now: () => Date;
  readonly isAlive: (owner: Owner) => boolean;
}

const columns =
  "run, parent, root, runbook, target, requester, started_at AS startedAt, ended_at AS endedAt, status";

/** Opens, and creates where there is none, a database whose record is a continuation of its anchor. */
export function openStore({ file, anchors, now, isAlive }: StoreOptions): Store {
  const absolute = path.resolve(file);
  const db = openDatabase(absolute);
  return guarded(absolute, () => {
    const log = openLog(db, absolute, now);
    const anchor = openAnchor(anchors, log.id);
    try {
      anchor.check(log);
    } catch (error) {
      db.close();
      throw error;
    }
    const one = db.prepare<[string], RunRow>(`SELECT ${columns} FROM runs WHERE run = ?`);
    const all = db.prepare<[number, number], RunRow>(
      `SELECT ${columns} FROM runs WHERE ended_at IS NULL OR NOT ? ORDER BY started_at DESC, rowid DESC LIMIT ?`,
    );
    const family = db.prepare<[string], RunRow>(`SELECT ${columns} FROM runs WHERE root = ? ORDER BY rowid`);
    const target = db.prepare<[string], RunRow>(
      `SELECT ${columns} FROM runs WHERE target = ? AND ended_at IS NULL AND parent IS NULL ORDER BY rowid`,
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
      leases: openLeases(db, absolute, { now, isAlive }),
      find: (run) => one.get(run),
      list: ({ open, limit }) => all.all(open ? 1 : 0, limit),
      family: (root) => family.all(root),
      openOnTarget: (key) => target.all(key),
      snapshot: (run) => snapshot.get(run),
      claimant: (name) => claim.get(name)?.key,
      newest: () => newest.get()?.seq ?? 0,
      close: () => {
        anchor.close();
        db.close();
      },
    };
  });
}
