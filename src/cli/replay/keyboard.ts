import { createMailbox } from "../../engine/mailbox.ts";
import type { Io } from "../io.ts";
import { createKeyReader, type Command } from "./keys.ts";

/** A person at a replay. */
export interface Keyboard {
  readonly command: () => Promise<Command>;
  /** What is being typed, in words, or null. */
  readonly typing: () => string | null;
  readonly close: () => void;
}

/** The keys of a person at a terminal; undefined where there is none. */
export function takeKeyboard({ stdin, stdout }: Pick<Io, "stdin" | "stdout">): Keyboard | undefined {
  if (!stdin.isTTY || !stdout.isTTY) return undefined;
  const reader = createKeyReader();
  const commands = createMailbox<Command>();
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
