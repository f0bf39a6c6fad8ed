/**
 * Drops what ended runs recorded and keeps their envelopes: the chain stays verifiable. The database allows it only for
 * events that a stored `record.pruned` tells of, in runs that have ended (migrations.ts).
 */
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import type { Actor, Artifact, Draft, EventData } from "../model/event.ts";
import { sha256 } from "../model/json.ts";
import { privateDirectory } from "./blobs.ts";
import { guarded, openDatabase, type Connection } from "./database.ts";
import { recordingsOf } from "./recordings.ts";
import type { Store } from "./store.ts";

/** A run with its child runs, all ended. */
export interface Prunable {
  readonly root: string;
  readonly runs: readonly string[];
  readonly endedAt: string;
  readonly events: number;
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

export interface PruneRequest {
  readonly actor: Actor;
  readonly reason: string;
}

/** Drops the data of one family; the event that tells of it comes first. What files it leaves lying, `sweep` removes. */
export function prune(store: Store, { root, runs }: Prunable, { actor, reason }: PruneRequest): number {
  return withConnection(store, (db) => {
    const artifacts = digestsIn(db, runs).filter((name) => existsSync(blobFile(store, name)));
    const recordings = runs.flatMap((run) => recordingsOf(store, run).map(({ file }) => named(store, file)));
    const data = { reason, runs, artifacts, recordings };
    const draft: Draft = { run: root, type: "record.pruned", actor, data };
    const stored = store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
    const [event] = stored.type === "stored" ? stored.events : [];
    if (event === undefined) throw new Error("An append that has seen nothing cannot be behind.");
    store.anchor.note(event, true);
    return dropData(db, runs, event.seq);
  });
}

function named(store: Store, file: string): Artifact {
  const bytes = readFileSync(file);
  const name = path.relative(path.join(privateDirectory(store), "recordings"), file);
  return { name, sha256: sha256(bytes), bytes: bytes.length };
}

/** What is about the record itself stays: who signed it, who got a copy, and what is gone. */
const kept = "('record.pruned', 'record.exported', 'record.signedOff')";
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

/**
 * Removes every file of pruned runs: evidence that no event names any more, recordings, reports. Also those that an
 * earlier prune left, because it was interrupted. Returns how many there were.
 */
export function sweep(store: Store, now: Date): number {
  return withConnection(store, (db) => {
    const told = db.prepare<[], string>("SELECT data FROM events WHERE type = 'record.pruned'").pluck().all();
    const pruned = told.map((text) => (JSON.parse(text) as { data: EventData["record.pruned"] }).data);
    const evidence = unnamed(db, new Set(pruned.flatMap(({ artifacts }) => artifacts)))
      .map((name) => blobFile(store, name))
      .filter((file) => existsSync(file) && now.getTime() - statSync(file).mtimeMs > recent);
    const drawn = pruned
      .flatMap(({ runs }) => runs)
      .flatMap((run) => [`recordings/${run}`, `reports/${run}.md`])
      .map((place) => path.join(privateDirectory(store), place))
      .filter((place) => existsSync(place));
    const files = [...evidence, ...drawn];
    for (const file of files) rmSync(file, { recursive: true });
    return files.length;
  });
}

/** A file that was put within this time may be about to be named by an event. */
const recent = 3_600_000;

function unnamed(db: Connection, digests: Set<string>): readonly string[] {
  const rest = db.prepare<[], { data: string }>(
    `SELECT data FROM events WHERE data IS NOT NULL AND type NOT IN ${kept}`,
  );
  for (const { data } of rest.iterate()) for (const name of data.match(digest) ?? []) digests.delete(name);
  return [...digests];
}

function blobFile(store: Store, name: string): string {
  return path.join(privateDirectory(store), "blobs", name.slice(0, 2), name);
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
