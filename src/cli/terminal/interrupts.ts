import type { Io } from "../io.ts";

export interface Interrupts {
  /** Aborts at the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** 130 or 143 once it was told to stop. */
  readonly exitCode: () => number;
  /** What Ctrl-C does, for prompts that get it as a key. */
  readonly interrupt: () => void;
  readonly dispose: () => void;
}

/** Within this time a third Ctrl-C leaves at once. */
const patience = 3_000;

/**
 * The first Ctrl-C stops safely: nothing is lost, what AWS and terraform are doing goes on. The second says what would be
 * lost, the third within 3 seconds leaves at once.
 */
export function createInterrupts(io: Pick<Io, "now">, say: (text: string) => void): Interrupts {
  const controller = new AbortController();
  let code = 130;
  let warned = 0;
  const stop = (name: "SIGINT" | "SIGTERM"): void => {
    if (!controller.signal.aborted) {
      code = name === "SIGINT" ? 130 : 143;
      say("Stopping safely: the state is saved, what terraform and AWS are doing continues.");
      controller.abort(new Error(`stopped by ${name}`));
      return;
    }
    const now = io.now().getTime();
    if (warned !== 0 && now - warned < patience) process.exit(code);
    warned = now;
    say(
      "Still saving. Quitting now loses the outcome of the call under way; it will be looked up on resume. Ctrl-C again to quit.",
    );
  };
  const onInterrupt = (): void => stop("SIGINT");
  const onTerminate = (): void => stop("SIGTERM");
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onTerminate);
  process.on("SIGHUP", onTerminate);
  return {
    signal: controller.signal,
    exitCode: () => code,
    interrupt: onInterrupt,
    dispose: () => {
      process.off("SIGINT", onInterrupt);
      process.off("SIGTERM", onTerminate);
      process.off("SIGHUP", onTerminate);
    },
  };
}
