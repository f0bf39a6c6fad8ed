import { existsSync } from "node:fs";
import path from "node:path";
import { counted } from "../../model/counted.ts";
import { RunbookError } from "../../model/error.ts";
import { verifyRecord, type Check } from "../../model/verify.ts";
import { backUp } from "../../store/backup.ts";
import { openCopy } from "../../store/database.ts";
import { storedLog } from "../../store/stored-rows.ts";
import type { Globals, Io } from "../io.ts";
import { placeOf } from "../record/record-place.ts";
import { printJson, printLines } from "../view/print.ts";
import { openForReading } from "../../runs/find-run.ts";

export interface BackupArgs {
  readonly file: string;
}

/** Copies the database while runs go on, and verifies the copy before it is called one. */
export async function backup(args: BackupArgs, globals: Globals, io: Io): Promise<number> {
  const to = path.resolve(io.cwd, args.file);
  if (existsSync(to)) throw new RunbookError("FILE_EXISTS", `\`${to}\` is there already.`);
  const store = openForReading(placeOf(globals, io));
  if (store === undefined)
    throw new RunbookError("USAGE", "There is no database yet, so there is nothing to copy.");
  const { file, log } = store;
  store.close();
  backUp(file, to);
  const { events, head, checks } = look(to, log.id);
  const broken = checks.find(({ verdict }) => verdict === "fail");
  if (broken !== undefined)
    throw new RunbookError(
      "RECORD_BROKEN",
      `The copy \`${to}\` says what the database says, and that does not verify: ${broken.name}: ${broken.detail}.`,
    );
  if (globals.json) printJson(io, "backup", { file: to, log: log.id, events, head });
  else {
    printLines(io, [
      `${to}: ${counted(events, "event")}, head ${head === null ? "none" : `${head.seq} ${head.hash}`}; the record verifies.`,
      `Evidence lies beside the database; copy it, too:  ${path.join(path.dirname(file), ".runwright", "blobs")}`,
    ]);
  }
  return 0;
}

function look(
  file: string,
  log: string,
): {
  readonly events: number;
  readonly head: { readonly seq: number; readonly hash: string } | null;
  readonly checks: readonly Check[];
} {
  const db = openCopy(file);
  try {
    const { before, rows } = storedLog(db, file);
    return verifyRecord(rows, { log, before, runs: [] });
  } finally {
    db.close();
  }
}
