import { existsSync, readFileSync } from "node:fs";
import type { Submission } from "../audit/submission.ts";
import { parseNotes } from "../model/head-note.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Connection } from "../store/database.ts";
import { findKey } from "../store/key.ts";
import { storedLog, storedRange } from "../store/stored-rows.ts";
import type { Store } from "../store/store.ts";

/** A database's own record for verification: of these runs, or with none named the whole log. */
export function storedSubmission(
  { store, blobs, db }: { readonly store: Store; readonly blobs: Blobs; readonly db: Connection },
  runs: readonly string[],
): Submission {
  const { before, rows } = runs.length === 0 ? storedLog(db, store.file) : storedRange(db, store.file, runs);
  return {
    form: "database",
    log: store.log.id,
    before,
    rows,
    runs,
    hashAt: store.log.hashAt,
    notes: existsSync(store.anchor.file) ? parseNotes(wholeNotes(store), store.log.id) : null,
    key: findKey(store.anchor.keyFile, store.log.id)?.publicPem ?? null,
    file: (_kind, sha256) => blobs.get(sha256).catch(() => null),
  };
}

/** The notes that were finished: a crash may have cut the last one, and the next engine began a new line. */
export function wholeNotes(store: Pick<Store, "anchor" | "log">): string {
  if (!existsSync(store.anchor.file)) return "";
  const lines = readFileSync(store.anchor.file, "utf8").split("\n").slice(0, -1);
  return lines
    .filter((line) => parseNotes(line, store.log.id).broken === undefined)
    .map((line) => `${line}\n`)
    .join("");
}
