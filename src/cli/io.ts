import type { ReadStream, WriteStream } from "node:tty";
import type { RunEvent } from "../model/event.ts";
import type { RunSummary } from "../model/summary.ts";
import type { Redactor } from "../redact/redactor.ts";

/** The file that each variable was settled by; the others come from the environment itself. */
export type Origins = Readonly<Record<string, string>>;

/** The edge of the program: everything that a command may use of the process that it runs in. */
export interface Io {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly stderr: WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly now: () => Date;
  /** Which configuration file settled a variable of the environment. */
  readonly origins?: Origins;
  /** Knows the secrets that were looked up, for what is printed about an error. */
  readonly redactor?: Redactor;
}

/** A terminal or file as far as a view uses it. */
export interface Output {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly write: (text: string) => unknown;
  readonly on: (event: "resize", listener: () => void) => unknown;
  readonly off: (event: "resize", listener: () => void) => unknown;
}

/** What a view needs of the process. */
export interface ViewIo extends Pick<Io, "env" | "now"> {
  readonly stdout: Output;
}

/** Options that every command takes. */
export interface Globals {
  readonly db: string;
  readonly json: boolean;
  readonly color: "auto" | "always" | "never";
  readonly debug: boolean;
}

/** Shows a run while it is driven. */
export interface RunView {
  /** News of the run and its child runs, with each run's state after them. */
  readonly events: (events: readonly RunEvent[], summaries: ReadonlyMap<string, RunSummary>) => void;
  /** A line of what a step is doing just now. */
  readonly progress: (run: string, step: string, line: string) => void;
  /** A message to the person that is not part of the record. */
  readonly note: (text: string) => void;
  /** Takes the footer away while a prompt is on the screen. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Takes the footer away for good. */
  readonly close: () => void;
}
