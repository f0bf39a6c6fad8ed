import type { Policy } from "../../engine/policy.ts";

/** How a run is driven from the command line: who answers, and how it is shown. */
export interface DriveFlags {
  /** A scripted operator answers; only in a practice world. */
  readonly auto: boolean;
  /** Whether a person may be asked here. */
  readonly ask: boolean;
  /** Wait for decisions made elsewhere although nobody is asked here. */
  readonly wait: boolean;
  /** Show every line that a step prints. */
  readonly verbose: boolean;
  /** Show nothing but trouble and what to type next. */
  readonly quiet: boolean;
  /** Whether the terminal may ring, notify, and name its window after the run. */
  readonly attention: boolean;
  /** Print the events as they are stored, and nothing else, on stdout. */
  readonly jsonl: boolean;
  /** Gates of these risks are approved without asking. */
  readonly approves: Policy["approves"];
}

/** For commands that only let an engine do what is left to do. */
export const unattended: DriveFlags = {
  auto: false,
  ask: false,
  wait: false,
  verbose: false,
  quiet: false,
  attention: false,
  jsonl: false,
  approves: [],
};
