import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { bundleOf, type ExportContents } from "../../audit/export.ts";
import { tar } from "../../audit/tar.ts";
import { packageRoot } from "../../loader/load.ts";
import type { StoredRow } from "../../model/verify.ts";
import { openBlobs } from "../../store/blobs.ts";
import { openDatabase, storageError } from "../../store/database.ts";
import { findKey } from "../../store/key.ts";
import { storedRange } from "../../store/stored-rows.ts";
import type { Store } from "../../store/store.ts";
import type { Io } from "../io.ts";
import { wholeNotes } from "../../runs/stored-record.ts";

/** The stored rows of these runs, and those that their chain needs. */
export function rowsOf(store: Store, runs: readonly string[]): readonly StoredRow[] {
  const db = openDatabase(store.file);
  try {
    return [...storedRange(db, store.file, runs).rows];
  } finally {
    db.close();
  }
}

/** All that an export of these rows consists of. */
export function exportingOf(
  store: Store,
  rows: readonly StoredRow[],
  about: Pick<ExportContents, "to" | "runs" | "withheld">,
): ExportContents {
  const verifier = path.join(packageRoot(), "verifier", "verify.py");
  return {
    ...about,
    log: store.log.id,
    rows,
    notes: wholeNotes(store),
    key: findKey(store.anchor.keyFile, store.log.id)?.publicPem ?? null,
    verifier: () => readFile(verifier),
    file: openBlobs(store).get,
  };
}

/** Writes a new directory, or one tar file. */
export async function writeBundle(
  place: string | null,
  run: string,
  exporting: ExportContents,
  at: string,
): Promise<void> {
  const target = place ?? "";
  const files = await bundleOf(exporting);
  if (target.endsWith(".tar")) return writeNew(target, tar(run, files, new Date(at)));
  try {
    for (const dir of [target, path.join(target, "blobs"), path.join(target, "runbooks")])
      await mkdir(dir, { mode: 0o700 });
  } catch (error) {
    throw storageError(target, error);
  }
  for (const [name, bytes] of files) await writeNew(path.join(target, name), bytes);
}

/** Prints a text, or writes it into a new file. */
export async function give(place: string | null, text: string, io: Io): Promise<void> {
  if (place === null) io.stdout.write(text);
  else await writeNew(place, Buffer.from(text));
}

async function writeNew(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(file, bytes, { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw storageError(file, error);
  }
}
