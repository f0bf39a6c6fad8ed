import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { RedactingStream } from "../redact/redactor.ts";
import { createCapture } from "./capture.ts";
import { createHolePuncher } from "./punch-hole.ts";
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
  /** How much of what is not kept may wait on the disk to be read. */
  readonly maxWaitingBytes: number;
}

const chunkBytes = 262_144;
const chunksAtOnce = 16;

/**
 * Opens a raw output file; throws when it is gone. Of what is not kept, only so much lies on the disk: what has been
 * read is given back, and a command that writes faster than it is read is from then on only counted.
 */
export async function openTail(file: string, options: TailOptions): Promise<Tail> {
  const { maxStoredBytes, maxWaitingBytes } = options;
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  const capture = createCapture(maxStoredBytes);
  const lines: Lines | undefined = options.onLine && splitLines(options.onLine);
  const chunk = Buffer.allocUnsafe(chunkBytes);
  const puncher = createHolePuncher(file);
  let offset = 0;
  let end = Number.MAX_SAFE_INTEGER;
  let isReading = true;
  let kept: number | undefined;
  const take = (bytes: Uint8Array): void => {
    capture.push(bytes);
    lines?.push(bytes);
  };
  const read = async (): Promise<boolean> => {
    for (let count = 0; count < chunksAtOnce; count++) {
      const bytes = await readAt(handle, chunk.subarray(0, Math.min(chunkBytes, end - offset)), offset);
      if (bytes.length === 0) return false;
      offset += bytes.length;
      take(options.redact.push(bytes));
    }
    return true;
  };
  return {
    pump: async () => {
      const hasMore = isReading && (await read());
      if (!capture.isFull()) return hasMore;
      const written = Math.min(end, (await handle.stat()).size);
      // What another engine gave back cannot be read again.
      isReading &&= !puncher.wasUsed && written - offset <= maxWaitingBytes;
      // What is kept stays: a later engine reads it again.
      kept ??= offset;
      if (!isReading) offset = written;
      await puncher.release(kept, offset);
      return hasMore && isReading;
    },
    settle: async () => {
      end = (await handle.stat()).size;
    },
    text: () => {
      if (isReading) take(options.redact.end());
      lines?.end();
      return capture.text(isReading ? undefined : offset);
    },
    close: () => handle.close(),
  };
}

async function readAt(handle: FileHandle, into: Buffer, offset: number): Promise<Buffer> {
  if (into.length === 0) return into;
  const { bytesRead } = await handle.read(into, 0, into.length, offset);
  return into.subarray(0, bytesRead);
}
