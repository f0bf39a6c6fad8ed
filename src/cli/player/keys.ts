import { createMailbox } from "../../engine/mailbox.ts";
import type { Io } from "../io.ts";

/** What a person at a replay may ask for. */
export type PlayerCommand =
  | { readonly type: "pause" }
  | { readonly type: "next" }
  | { readonly type: "jump"; readonly to: number }
  | { readonly type: "quit" };

/** Said below a replay on a terminal. */
export const keysHelp = "space pauses, n next, g 12 jumps, q ends";

const quits = ["q", "\u0003", "\u0004"];

/** Reads keys: what has been typed of a number, and the commands that are complete. */
export function createKeyReader(): {
  readonly read: (typed: string) => readonly PlayerCommand[];
  /** The number being typed, or null. */
  readonly typing: () => string | null;
} {
  let digits: string | null = null;

  function take(key: string): readonly PlayerCommand[] {
    if (quits.includes(key)) return [{ type: "quit" }];
    if (key === "g") digits = "";
    else if (digits !== null && /^\d$/.test(key)) digits += key;
    else if (digits !== null && /^[\r\n]$/.test(key)) {
      const to = Number(digits);
      digits = null;
      return to > 0 ? [{ type: "jump", to }] : [];
    } else {
      digits = null;
      if (key === " ") return [{ type: "pause" }];
      if (key === "n") return [{ type: "next" }];
    }
    return [];
  }

  return { read: (typed) => typed.split("").flatMap(take), typing: () => digits };
}

/** A person at a replay. */
interface PlayerKeyboard {
  readonly command: () => Promise<PlayerCommand>;
  /** What is being typed, in words, or null. */
  readonly typing: () => string | null;
  readonly close: () => void;
}

/** The keys of a person at a terminal; undefined where there is none. */
export function takeKeyboard({ stdin, stdout }: Pick<Io, "stdin" | "stdout">): PlayerKeyboard | undefined {
  if (!stdin.isTTY || !stdout.isTTY) return undefined;
  const reader = createKeyReader();
  const commands = createMailbox<PlayerCommand>();
  const onData = (data: Buffer): void => {
    for (const command of reader.read(data.toString())) commands.post(command);
  };
  const onEnd = (): void => commands.post({ type: "quit" });
  stdin.on("data", onData);
  stdin.once("end", onEnd);
  stdin.setRawMode(true);
  stdin.resume();
  return {
    command: commands.take,
    typing: () => {
      const digits = reader.typing();
      return digits === null ? null : `go to #${digits}`;
    },
    close: () => {
      stdin.off("data", onData);
      stdin.off("end", onEnd);
      stdin.setRawMode(false);
      stdin.pause();
    },
  };
}
