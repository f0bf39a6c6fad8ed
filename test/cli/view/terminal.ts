import { Writable } from "node:stream";
import type { ReadStream, WriteStream } from "node:tty";
import xterm from "@xterm/headless";
import type { Io } from "../../../src/cli/io.ts";

/** Stdout of a program, drawn by a real terminal emulator. */
export class Terminal extends Writable {
  readonly isTTY: boolean;
  columns: number;
  rows: number;
  raw = "";
  readonly #term: InstanceType<typeof xterm.Terminal>;

  constructor({ columns = 80, rows = 24, isTTY = true } = {}) {
    super();
    this.isTTY = isTTY;
    this.columns = columns;
    this.rows = rows;
    this.#term = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.raw += chunk.toString();
    this.#term.write(chunk);
    done();
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#settle();
    this.#term.resize(columns, rows);
    this.columns = columns;
    this.rows = rows;
    this.emit("resize");
  }

  /** What can be seen, without the empty rows below. */
  async screen(): Promise<string> {
    await this.#settle();
    const { viewportY } = this.#term.buffer.active;
    return this.#lines(viewportY, viewportY + this.rows);
  }

  /** Scrollback and screen. */
  async everything(): Promise<string> {
    await this.#settle();
    return this.#lines(0, this.#term.buffer.active.length);
  }

  #settle(): Promise<void> {
    return new Promise((resolve) => this.#term.write("", resolve));
  }

  #lines(from: number, to: number): string {
    const { active } = this.#term.buffer;
    const lines = Array.from({ length: to - from }, (_, row) =>
      active.getLine(from + row)?.translateToString(true),
    );
    return lines.join("\n").trimEnd();
  }
}

/** A process's surroundings with this terminal as stdout. */
export function ioOn(terminal: Terminal, more: Partial<Io> = {}): Io {
  return {
    stdin: { isTTY: false } as unknown as ReadStream,
    stdout: terminal as unknown as WriteStream,
    stderr: terminal as unknown as WriteStream,
    env: { LANG: "C.UTF-8", TERM: "xterm-256color" },
    cwd: "/",
    now: () => new Date("2025-10-07T13:52:00.000Z"),
    ...more,
  };
}
