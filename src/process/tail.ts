import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { RedactingStream } from "../redact/redactor.ts";
import { createCapture } from "./capture.ts";
import { type Lines, splitLines } from "./lines.ts";

/** Reads a file that a command still writes, redacts what it reads and keeps a bounded part of it. */
export interface Tail {
  /** Reads some of what is new; true when there may be more. */
  readonly pump: () => Promise<boolean>;
  /** Settles where the file ends: what a survivor of the command writes later is not waited for. */
  readonly settle: () => Promise<void>;
  /** The redacted text; to be called once, at the end. */
  readonly text: () => string;
  readonly close: () => Promise<void>;
}

interface TailOptions {
  readonly redact: RedactingStream;
  readonly onLine: ((line: string) => void) | undefined;
  readonly maxStoredBytes: number;
}

const chunkBytes = 262_144;
const chunksAtOnce = 16;

/** Opens a raw output file; throws when it is gone. */
export async function openTail(file: string, options: TailOptions): Promise<Tail> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  const capture = createCapture(options.maxStoredBytes);
  const lines: Lines | undefined = options.onLine && splitLines(options.onLine);
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let offset = 0;
  let end = Number.MAX_SAFE_INTEGER;
  const take = (bytes: Uint8Array): void => {
    capture.push(bytes);
    lines?.push(bytes);
  };
  return {
    pump: async () => {
      for (let count = 0; count < chunksAtOnce; count++) {
        const read = await readAt(handle, chunk.subarray(0, Math.min(chunkBytes, end - offset)), offset);
        if (read.length === 0) return false;
        offset += read.length;
        take(options.redact.push(read));
      }
      return true;
    },
    settle: async () => {
      end = (await handle.stat()).size;
    },
    text: () => {
      take(options.redact.end());
      lines?.end();
      return capture.text();
    },
    close: () => handle.close(),
  };
}

async function readAt(handle: FileHandle, into: Buffer, offset: number): Promise<Buffer> {
  if (into.length === 0) return into;
  const { bytesRead } = await handle.read(into, 0, into.length, offset);
  return into.subarray(0, bytesRead);
}
