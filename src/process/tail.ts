import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { RedactingStream } from "../redact/redactor.ts";
import { createHolePuncher } from "./punch-hole.ts";
import { createHash } from "node:crypto";

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

const longest = 65_536;

/** Cuts a stream of bytes into lines of text. */
interface Lines {
  readonly push: (bytes: Uint8Array) => void;
  /** Gives out what follows the last line feed. */
  readonly end: () => void;
}

/** Calls `onLine` for each line, without its end; a line that is too long to keep comes in several parts. */
function splitLines(onLine: (line: string) => void): Lines {
  let partial = Buffer.alloc(0);
  const give = (bytes: Uint8Array): void => {
    const line = partial.length === 0 ? Buffer.from(bytes) : Buffer.concat([partial, bytes]);
    partial = Buffer.alloc(0);
    onLine(line.toString());
  };
  return {
    push: (bytes) => {
      let from = 0;
      for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, from)) {
        give(bytes.subarray(from, end));
        from = end + 1;
      }
      partial = Buffer.concat([partial, bytes.subarray(from)]);
      if (partial.length > longest) give(new Uint8Array(0));
    },
    end: () => {
      if (partial.length > 0) give(new Uint8Array(0));
    },
  };
}

/** Keeps the beginning of a stream, and counts and digests all of it. */
interface Capture {
  readonly push: (bytes: Uint8Array) => void;
  /** Whether what follows is not kept. */
  readonly isFull: () => boolean;
  /**
   * The text; when it was cut, its last line says how long the whole was and gives its SHA-256. `unread` is the length
   * of a whole of which only a part was pushed. To be called once.
   */
  readonly text: (unread?: number) => string;
}

const initialBytes = 65_536;
const markBytes = 256;

/** Keeps at most `most` bytes. */
function createCapture(maxBytes: number): Capture {
  const hash = createHash("sha256");
  let buffer = Buffer.alloc(Math.min(maxBytes, initialBytes) + markBytes);
  let length = 0;
  let total = 0;
  return {
    push: (bytes) => {
      hash.update(bytes);
      total += bytes.length;
      const room = bytes.subarray(0, maxBytes - length);
      if (length + room.length + markBytes > buffer.length) buffer = grow(buffer, maxBytes + markBytes);
      buffer.set(room, length);
      length += room.length;
    },
    isFull: () => length >= maxBytes,
    text: (unread) => {
      const isWhole = total <= maxBytes && unread === undefined;
      const end = isWhole ? length : wholeCharacters(buffer, length);
      const digest =
        unread === undefined
          ? `sha256 of all ${hash.copy().digest("hex")}`
          : "they came faster than they could be read";
      const mark = isWhole ? "" : `\n[cut: kept ${end} of ${unread ?? total} bytes; ${digest}]\n`;
      // Into the buffer, because joining strings would copy all of it once more; and the buffer is then let go.
      const text = buffer.toString("utf8", 0, end + buffer.write(mark, end));
      buffer = Buffer.alloc(0);
      return text;
    },
  };
}

// At once to full size: zeroed pages take no memory until they are written, while doubling copies.
function grow(kept: Buffer, size: number): Buffer<ArrayBuffer> {
  const grown = Buffer.alloc(size);
  grown.set(kept);
  return grown;
}

function wholeCharacters(bytes: Uint8Array, length: number): number {
  let start = length - 1;
  while (start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  const lead = bytes[start] ?? 0;
  const size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return start + size <= length ? length : Math.max(0, start);
}
