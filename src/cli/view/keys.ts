import { PassThrough } from "node:stream";
import type { ReadStream } from "node:tty";

const interrupt = "\u0003";

/** What keys a new prompt ignores. */
export interface Guard {
  /** Everything for so many milliseconds: it was typed before the question could be read. */
  readonly deaf: number;
  /** And then until nothing has been typed for so long: a key that is held down is no answer. */
  readonly quiet: number;
}

/** The keyboard for the time of one question, which may take several prompts. */
export interface Keys {
  /** A fresh input for one prompt. */
  readonly open: (guard: Guard) => NodeJS.ReadableStream;
  readonly close: () => void;
}

export interface KeyboardInput {
  readonly stdin: ReadStream;
  readonly now: () => number;
  /** Ctrl-C, which must work at every moment, also when all other keys are ignored. */
  readonly onInterrupt: () => void;
  /** The terminal was closed. */
  readonly onGone: () => void;
}

export function takeKeys({ stdin, now, onInterrupt, onGone }: KeyboardInput): Keys {
  let current: PassThrough | undefined;
  let deafUntil = 0;
  let quiet = 0;

  function onData(data: Buffer): void {
    if (data.includes(interrupt)) return onInterrupt();
    const at = now();
    if (at >= deafUntil) return void current?.write(data);
    // Each key that comes too early starts the quiet time anew, so a held key never gets through.
    deafUntil = Math.max(deafUntil, at + quiet);
  }

  stdin.on("data", onData);
  stdin.once("end", onGone);
  stdin.setRawMode(true);
  stdin.resume();
  return {
    open: (guard) => {
      current = new PassThrough();
      deafUntil = now() + guard.deaf;
      quiet = guard.quiet;
      return current;
    },
    close: () => {
      current = undefined;
      stdin.off("data", onData);
      stdin.off("end", onGone);
      stdin.setRawMode(false);
      stdin.pause();
    },
  };
}
