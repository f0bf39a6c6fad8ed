import { createHash } from "node:crypto";

/** Keeps the beginning of a stream, and counts and digests all of it. */
export interface Capture {
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
export function createCapture(maxBytes: number): Capture {
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
