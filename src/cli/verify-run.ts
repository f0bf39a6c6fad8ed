import { existsSync } from "node:fs";
import type { RunEvent } from "../model/event.ts";
import { verifyRecord, type Check, type Verification } from "../model/verify.ts";
import type { Blobs } from "../store/blobs.ts";
import { openDatabase, type Connection } from "../store/database.ts";
import { storedRange, type StoredRange } from "../store/stored-rows.ts";
import type { Store } from "../store/store.ts";

/** Verifies what is stored of these runs: rows, chain, anchor and evidence files. */
export async function verifyRuns(
  store: Store,
  blobs: Blobs,
  runs: readonly (readonly RunEvent[])[],
): Promise<Verification> {
  const names = runs.flatMap(([first]) => (first === undefined ? [] : [first.run]));
  const verified = verifyRows(store, (db) => storedRange(db, store.file, names), names);
  const files = await evidenceCheck(blobs, runs);
  return { ...verified, checks: [...verified.checks, anchorCheck(store), files] };
}

/** Verifies rows on a connection of its own, as they lie there. */
export function verifyRows(
  store: Store,
  select: (db: Connection) => StoredRange,
  runs: readonly string[],
): Verification {
  const db = openDatabase(store.file);
  try {
    const { before, rows } = select(db);
    return verifyRecord(rows, { log: store.log.id, before, runs });
  } finally {
    db.close();
  }
}

/** An open store has been compared with its anchor already; without the file there was nothing to compare. */
export function anchorCheck(store: Store): Check {
  const name = "the log continues the anchor outside the database";
  return existsSync(store.anchor.file)
    ? { name, verdict: "pass", detail: "no newer event was noted there" }
    : {
        name,
        verdict: "unknown",
        detail: "there is no anchor file, so a restored old copy would not be noticed",
      };
}

async function evidenceCheck(blobs: Blobs, runs: readonly (readonly RunEvent[])[]): Promise<Check> {
  const name = "each evidence file has its digest";
  const digests = new Set(runs.flat().flatMap(({ artifacts }) => artifacts.map(({ sha256 }) => sha256)));
  for (const digest of digests) {
    try {
      await blobs.get(digest);
    } catch (error) {
      return { name, verdict: "fail", detail: error instanceof Error ? error.message : String(error) };
    }
  }
  return { name, verdict: "pass", detail: `${digests.size} files` };
}
