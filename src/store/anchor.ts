/**
 * Anchors: the log's head, written to a file outside the database. A lost WAL, a truncated table and a restored old
 * copy all look sound from inside; only a head that was kept elsewhere tells (the adversary here is a backup).
 * The database is written first, so an anchor is never ahead of the log unless the log was rolled back.
 */
import { closeSync, existsSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import path from "node:path";
import { RunbookError } from "../model/error.ts";
import { noteLine, parseNote, type Note } from "../model/note.ts";
import { guarded } from "./database.ts";
import { makeDirectory, syncDirectory } from "./directories.ts";
import { keyFile, openKey, type Key } from "./key.ts";
import type { Log } from "./log.ts";

export interface Anchor {
  readonly file: string;
  /** Where the key is, or will be, that signs. */
  readonly keyFile: string;
  /** Notes the head; `durable` signs it and waits for the disk, which is owed at gates and at the ends of a run. */
  readonly note: (head: { readonly seq: number; readonly hash: string }, durable: boolean) => void;
  /** Throws `STATE_ROLLED_BACK` when the log is not a continuation of what was noted. */
  readonly check: (log: Pick<Log, "head" | "hashAt">) => void;
  readonly close: () => void;
}

/** `handOn` is given each signed line, with the log's id before it, for anchors that lie elsewhere. */
export function openAnchor(dir: string, logId: string, handOn: (line: string) => void = () => {}): Anchor {
  const file = path.join(dir, `${logId}.log`);
  const secret = keyFile(dir, logId);
  let descriptor: number | undefined;
  let key: Key | undefined;
  function signed(head: Pick<Note, "seq" | "hash">): NonNullable<Note["signed"]> {
    key ??= openKey(secret, logId);
    return key.sign(head);
  }
  return {
    file,
    keyFile: secret,
    note: ({ seq, hash }, durable) => {
      guarded(file, () => {
        descriptor ??= openNotes(dir, file);
        const line = noteLine({ seq, hash, signed: durable ? signed({ seq, hash }) : null });
        writeSync(descriptor, `${line}\n`);
        if (!durable) return;
        fsyncSync(descriptor);
        handOn(`${logId} ${line}`);
      });
    },
    close: () => {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
    check: (log) => {
      const noted = lastNote(file, logId);
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

/** A former engine's note may have been cut short: it must not spoil the first of this one. */
function openNotes(dir: string, file: string): number {
  makeDirectory(dir);
  const isNew = !existsSync(file);
  const descriptor = openSync(file, "a", 0o600);
  if (isNew) syncDirectory(dir);
  const end = readEnd(file);
  if (end !== "" && !end.endsWith("\n")) writeSync(descriptor, "\n");
  return descriptor;
}

/** The newest whole note. */
function lastNote(file: string, logId: string): Pick<Note, "seq" | "hash"> | undefined {
  // What follows the last line break is a note that was never finished.
  const notes = readEnd(file)
    .split("\n")
    .slice(0, -1)
    .map((line) => parseNote(line, logId));
  return notes.findLast((note) => note !== undefined && note !== "other");
}

const enough = 8_192;

/** The end of a file that only grows; a note takes less than three hundred bytes. */
function readEnd(file: string): string {
  if (!existsSync(file)) return "";
  const descriptor = openSync(file, "r");
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.min(size, enough));
    const read = readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString("latin1", 0, read);
  } finally {
    closeSync(descriptor);
  }
}
