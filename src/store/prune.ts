/**
 * Drops what ended runs recorded and keeps their envelopes: the chain stays verifiable. The database allows it only for
 * events that a stored `record.pruned` tells of, in runs that have ended (migrations.ts).
 */
import { existsSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import type { Actor, Draft } from "../model/event.ts";
import { privateDirectory } from "./blobs.ts";
import { guarded, openDatabase, type Connection } from "./database.ts";
import type { Store } from "./store.ts";

/** A run with its child runs, all ended. */
export interface Prunable {
  readonly root: string;
  readonly runs: readonly string[];
  readonly endedAt: string;
  readonly events: number;
}

export interface Pruned {
  readonly runs: number;
  readonly events: number;
  readonly files: number;
}

/** Whole families that ended before `before` and still have their data. */
export function prunable(store: Store, before: Date): readonly Prunable[] {
  return withConnection(store, (db) => {
    const rows = db.prepare<[string], { root: string; runs: string; endedAt: string; events: number }>(
      `SELECT root, json_group_array(run) AS runs, max(ended_at) AS endedAt,
         sum((SELECT count(*) FROM events WHERE events.run = runs.run AND data IS NOT NULL
           AND type NOT IN ${kept})) AS events
       FROM runs GROUP BY root HAVING count(ended_at) = count(*) AND max(ended_at) < ? AND events > 0
       ORDER BY min(runs.rowid)`,
    );
    return rows
      .all(before.toISOString())
      .map((row) => ({ ...row, runs: JSON.parse(row.runs) as readonly string[] }));
  });
}

export interface Pruning {
  readonly actor: Actor;
  readonly reason: string;
  readonly now: Date;
}

/** Drops the data of one family, and the files that nothing else names; the event that tells of it comes first. */
export function prune(store: Store, { root, runs }: Prunable, { actor, reason, now }: Pruning): Pruned {
  return withConnection(store, (db) => {
    const artifacts = digestsIn(db, runs).filter((sha256) => existsSync(blobFile(store, sha256)));
    const draft: Draft = { run: root, type: "record.pruned", actor, data: { reason, runs, artifacts } };
    const stored = store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
    const [event] = stored.type === "stored" ? stored.events : [];
    if (event === undefined) throw new Error("An append that has seen nothing cannot be behind.");
    store.anchor.note(event, true);
    const events = dropData(db, runs, event.seq);
    // What was drawn from the record tells the same.
    for (const run of runs)
      for (const place of [`recordings/${run}`, `reports/${run}.md`])
        rmSync(path.join(privateDirectory(store), place), { recursive: true, force: true });
    return { runs: runs.length, events, files: dropFiles(store, db, { artifacts, now }) };
  });
}

/** What is about the record itself stays: who got a copy, and what is gone. */
const kept = "('record.pruned', 'record.exported')";
const inRuns = `run IN (SELECT value FROM json_each(?)) AND data IS NOT NULL AND type NOT IN ${kept}`;

function dropData(db: Connection, runs: readonly string[], before: number): number {
  // Freed pages are overwritten: what was dropped must not be found in the file.
  db.pragma("secure_delete = ON");
  const list = JSON.stringify(runs);
  const drop = db.prepare(`UPDATE events SET data = NULL WHERE ${inRuns} AND seq < ?`);
  const forget = db.prepare(
    "UPDATE runs SET snapshot = NULL, snapshot_rseq = NULL WHERE run IN (SELECT value FROM json_each(?))",
  );
  const both = db.transaction(() => {
    forget.run(list);
    return drop.run(list, before).changes;
  });
  const changes = both.immediate();
  db.pragma("wal_checkpoint(TRUNCATE)");
  return changes;
}

const digest = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

/** Everything in these runs' events that could be the name of a file. */
function digestsIn(db: Connection, runs: readonly string[]): readonly string[] {
  const texts = db.prepare<[string], { data: string }>(`SELECT data FROM events WHERE ${inRuns}`);
  const found = texts.all(JSON.stringify(runs)).flatMap(({ data }) => data.match(digest) ?? []);
  return [...new Set(found)].toSorted();
}

/** A file that was put within this time may be about to be named by an event. */
const recent = 3_600_000;

function dropFiles(
  store: Store,
  db: Connection,
  { artifacts, now }: { readonly artifacts: readonly string[]; readonly now: Date },
): number {
  const unnamed = new Set(artifacts);
  const rest = db.prepare<[], { data: string }>(
    `SELECT data FROM events WHERE data IS NOT NULL AND type NOT IN ${kept}`,
  );
  for (const { data } of rest.iterate()) for (const name of data.match(digest) ?? []) unnamed.delete(name);
  const files = [...unnamed].map((sha256) => blobFile(store, sha256));
  const gone = files.filter((file) => now.getTime() - statSync(file).mtimeMs > recent);
  for (const file of gone) rmSync(file);
  return gone.length;
}

function blobFile(store: Store, sha256: string): string {
  return path.join(privateDirectory(store), "blobs", sha256.slice(0, 2), sha256);
}

function withConnection<T>(store: Store, work: (db: Connection) => T): T {
  return guarded(store.file, () => {
    const db = openDatabase(store.file);
    try {
      return work(db);
    } finally {
      db.close();
    }
  });
}
