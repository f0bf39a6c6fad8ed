import { closeSync, fsyncSync, openSync, rmSync } from "node:fs";
import path from "node:path";
import { errorCode } from "../model/error-code.ts";
import { RunbookError } from "../model/error.ts";
import { syncDirectory } from "../system/files.ts";
import { guarded, openDatabase } from "./database.ts";

/**
 * Writes a copy of a database into a new file, while others go on writing to it. SQLite itself makes the copy: bytes
 * of a live database must never be read past it, because closing such a file drops its locks.
 */
export function backUp(file: string, to: string): void {
  const db = openDatabase(file);
  try {
    guarded(to, () => {
      create(to);
      try {
        // Into an empty file, which is private before anything is in it.
        db.prepare("VACUUM INTO ?").run(to);
        sync(to);
      } catch (error) {
        rmSync(to, { force: true });
        throw error;
      }
    });
  } finally {
    db.close();
  }
}

function create(file: string): void {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    if (errorCode(error) === "EEXIST") throw new RunbookError("FILE_EXISTS", `\`${file}\` is there already.`);
    throw error;
  }
}

function sync(file: string): void {
  const descriptor = openSync(file, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  syncDirectory(path.dirname(file));
}
