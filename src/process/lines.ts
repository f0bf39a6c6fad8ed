const longest = 65_536;

/** Cuts a stream of bytes into lines of text. */
export interface Lines {
  readonly push: (bytes: Uint8Array) => void;
  /** Gives out what follows the last line feed. */
  readonly end: () => void;
}

/** Calls `onLine` for each line, without its end; a line that is too long to keep comes in several parts. */
export function splitLines(onLine: (line: string) => void): Lines {
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
