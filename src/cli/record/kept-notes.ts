import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { RunbookError } from "../../model/error.ts";
import { parseNotes, type HeadNote } from "../../model/head-note.ts";
import type { Io } from "../io.ts";

/** The notes of a log's head that somebody kept in a file; null where none is named. */
export function keptNotes(anchor: string | undefined, log: string, io: Io): readonly HeadNote[] | null {
  if (anchor === undefined) return null;
  const file = path.resolve(io.cwd, anchor);
  if (!existsSync(file)) throw new RunbookError("USAGE", `There is no anchor file \`${file}\`.`);
  return parseNotes(readFileSync(file, "utf8"), log).notes;
}
