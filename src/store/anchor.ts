/**
 * Anchors: the log's head, written to a file outside the database. A lost WAL, a truncated table and a restored old
 * copy all look sound from inside; only a head that was kept elsewhere tells (the adversary here is a backup).
 * The database is written first, so an anchor is never ahead of the log unless the log was rolled back.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { noteLine, parseNote, type HeadNote } from "../model/head-note.ts";
import { makeDirectory, syncDirectory } from "../system/files.ts";
import { guarded } from "./database.ts";
import { keyFile, openKey, type Key } from "./key.ts";

export interface Anchor {
  readonly file: string;
  /** Where the key is, or will be, that signs. */
  readonly keyFile: string;
  /** Makes sure that notes can be written, so that nothing is recorded first of which there could be none. */
  readonly ready: () => void;
  /** Notes the head; `durable` signs it and waits for the disk, which is owed at gates and at the ends of a run. */
  readonly note: (head: { readonly seq: number; readonly hash: string }, durable: boolean) => void;
  /** The newest head that was noted. */
  readonly lastNoted: () => Pick<HeadNote, "seq" | "hash"> | undefined;
  /** Keeps the notes up to this event under another name and begins anew. */
  readonly setAside: (seq: number) => void;
  readonly close: () => void;
}

/** What helps where anchors and keys cannot be written: they lie elsewhere than the database. */
export const anchorAdvice =
  "Make it writable, or name another place for anchors and keys, which stays: `XDG_STATE_HOME=DIR`.";

/** `handOn` is given each signed line, with the log's id before it, for anchors that lie elsewhere. */
export function openAnchor(dir: string, logId: string, publish: (line: string) => void = () => {}): Anchor {
  const file = path.join(dir, `${logId}.log`);
  const secret = keyFile(dir, logId);
  let descriptor: number | undefined;
  let key: Key | undefined;
  function signed(head: Pick<HeadNote, "seq" | "hash">): NonNullable<HeadNote["signed"]> {
    key ??= openKey(secret, logId);
    return key.sign(head);
  }
  const notes = (): number => (descriptor ??= openNotes(dir, file));
  const told = <T>(work: () => T): T => guarded(file, work, anchorAdvice);
  return {
    file,
    keyFile: secret,
    ready: () => void told(notes),
    note: ({ seq, hash }, durable) => {
      told(() => {
        const to = notes();
        const line = noteLine({ seq, hash, signed: durable ? signed({ seq, hash }) : null });
        writeSync(to, `${line}\n`);
        if (!durable) return;
        fsyncSync(to);
        publish(`${logId} ${line}`);
      });
    },
    close: () => {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
    lastNoted: () => told(() => lastNote(file, logId)),
    setAside: (seq) => {
      told(() => {
        renameSync(file, path.join(dir, `${logId}.until-${seq}.log`));
        syncDirectory(dir);
      });
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
function lastNote(file: string, logId: string): Pick<HeadNote, "seq" | "hash"> | undefined {
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
