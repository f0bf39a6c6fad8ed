/**
 * Anchors: the log's head, written to a file outside the database. A lost WAL, a truncated table and a restored old
 * copy all look sound from inside; only a head that was kept elsewhere tells (the adversary here is a backup).
 * The database is written first, so an anchor is never ahead of the log unless the log was rolled back.
 */
import { existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import path from "node:path";
import { RunbookError } from "../model/error.ts";
import type { Log } from "./log.ts";

export interface Anchor {
  readonly file: string;
  /** Notes the head; `durable` waits for the disk, which is owed at gates and at the ends of a run. */
  readonly note: (head: { readonly seq: number; readonly hash: string }, durable: boolean) => void;
  /** Throws `STATE_ROLLED_BACK` when the log is not a continuation of what was noted. */
  readonly check: (log: Pick<Log, "head" | "hashAt">) => void;
}

export function openAnchor(dir: string, logId: string): Anchor {
  const file = path.join(dir, `${logId}.log`);
  let descriptor: number | undefined;
  return {
    file,
    note: ({ seq, hash }, durable) => {
      if (descriptor === undefined) {
        mkdirSync(dir, { recursive: true, mode: 0o700 });
        descriptor = openSync(file, "a", 0o600);
      }
      writeSync(descriptor, `${seq} ${hash}\n`);
      if (durable) fsyncSync(descriptor);
    },
    check: (log) => {
      const noted = lastLine(file);
      if (noted === undefined) return;
      const found = log.hashAt(noted.seq);
      if (found === noted.hash) return;
      const head = log.head();
      const what =
        found === undefined ? `it ends at event ${head.seq}` : `its event ${noted.seq} is another one`;
      throw new RunbookError(
        "STATE_ROLLED_BACK",
        `The database is older than its anchor: event ${noted.seq} was stored (\`${file}\`), but ${what}.`,
        { data: { anchor: noted.seq, head: head.seq } },
      );
    },
  };
}

/** The newest whole note. */
function lastLine(name: string): { readonly seq: number; readonly hash: string } | undefined {
  if (!existsSync(name)) return undefined;
  const lines = readFileSync(name, "utf8").split("\n");
  // A torn last line is a note that was never finished.
  const line = lines.slice(0, -1).findLast((candidate) => /^\d+ [0-9a-f]{64}$/.test(candidate));
  const [seq, hash] = line?.split(" ") ?? [];
  return seq === undefined || hash === undefined ? undefined : { seq: Number(seq), hash };
}
