import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readSync, writeSync } from "node:fs";
import path from "node:path";
import { privateDirectory } from "./blobs.ts";

/** A file that grows line by line; whatever kills the writer, what is there is a valid beginning. */
export interface RecordingFile {
  readonly file: string;
  readonly add: (line: string) => void;
  readonly close: () => void;
}

/** A recording that is there. */
export interface StoredRecording {
  readonly file: string;
  readonly startedAt: string;
}

/** Opens the next recording of a run: each time that a process drives it has a file of its own. */
export function openRecording(store: { readonly file: string }, run: string): RecordingFile {
  const dir = directoryOf(store, run);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = path.join(dir, `${numbersIn(dir).length + 1}.cast`);
  const handle = openSync(file, "wx", 0o600);
  return {
    file,
    // One write a line, so that a line is there whole or not at all when this process is killed.
    add: (line) => void writeSync(handle, `${line}\n`),
    close: () => closeSync(handle),
  };
}

/** The recordings of a run, oldest first. */
export function recordingsOf(store: { readonly file: string }, run: string): readonly StoredRecording[] {
  const dir = directoryOf(store, run);
  return numbersIn(dir).map((number) => {
    const file = path.join(dir, `${number}.cast`);
    return { file, startedAt: startOf(file) };
  });
}

function directoryOf(store: { readonly file: string }, run: string): string {
  return path.join(privateDirectory(store), "recordings", run);
}

function numbersIn(dir: string): readonly number[] {
  if (!existsSync(dir)) return [];
  const numbers = readdirSync(dir).flatMap((name) => /^(\d+)\.cast$/.exec(name)?.[1] ?? []);
  return numbers.map(Number).toSorted((one, other) => one - other);
}

/** The moment in the header, which is all that is read. */
function startOf(file: string): string {
  const handle = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(4_096);
    const [header = ""] = bytes.toString("utf8", 0, readSync(handle, bytes)).split("\n");
    const [, seconds = "0"] = /"timestamp":(\d+)/.exec(header) ?? [];
    return new Date(Number(seconds) * 1_000).toISOString();
  } finally {
    closeSync(handle);
  }
}
