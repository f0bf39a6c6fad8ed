import path from "node:path";
import { Writable } from "node:stream";
import type { WriteStream } from "node:tty";
import type { Globals, Io } from "../../src/cli/io.ts";

export interface Caught {
  readonly io: Io;
  readonly globals: Globals;
  readonly out: () => string;
  readonly bytes: () => Buffer;
}

/** The edge of a program whose output a test can look at; `dir` is its working directory. */
export function catchIo(dir: string, more: { readonly json?: boolean; readonly tty?: boolean } = {}): Caught {
  const chunks: Buffer[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  const stdout = Object.assign(sink, { isTTY: more.tty ?? false, columns: 100 }) as unknown as WriteStream;
  const io: Io = {
    stdin: process.stdin,
    stdout,
    stderr: stdout,
    env: { ...process.env, XDG_STATE_HOME: path.join(dir, "state-home"), LANG: "C.UTF-8" },
    cwd: dir,
    now: () => new Date(),
  };
  const globals = { db: "state.db", json: more.json ?? false, color: "never", debug: false } as const;
  return { io, globals, bytes: () => Buffer.concat(chunks), out: () => Buffer.concat(chunks).toString() };
}
