/**
 * Which log was last seen at a database's path, kept beside the database. Without it an emptied, deleted or exchanged
 * database would look like a new one, with an anchor of its own or none.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { makeDirectory, syncDirectory, writeDurablyNow } from "../system/files.ts";
import { privateDirectory } from "./blobs.ts";

/** The id of the log that was last opened at this path; undefined when none was. */
export function seenLog(database: string): string | undefined {
  const file = noteOf(database);
  const text = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  return /^[0-9a-f]{32}$/.test(text) ? text : undefined;
}

/** Notes, durably, which log is at this path from now on. */
export function noteLog(database: string, log: string): void {
  const file = noteOf(database);
  makeDirectory(path.dirname(file));
  writeDurablyNow(file, `${log}\n`);
  // The private directory may have been made by somebody who did not wait for the disk.
  for (const dir of [privateDirectory({ file: database }), path.dirname(database)]) syncDirectory(dir);
}

/** Whether there is nothing at this path that could hold a log. */
export function isVacant(database: string): boolean {
  const found = statSync(database, { throwIfNoEntry: false });
  return found === undefined || (found.isFile() && found.size === 0);
}

function noteOf(database: string): string {
  return path.join(privateDirectory({ file: database }), "logs", `${path.basename(database)}.id`);
}
