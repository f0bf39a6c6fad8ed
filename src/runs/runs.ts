/** What a program that embeds runwright works with: see docs/embedding.md. Every error that it names is a `RunbookError`. */
import type { Decision } from "../engine/decide.ts";
import type { DriveEnd } from "../engine/drive.ts";
import type { Policy } from "../engine/policy.ts";
import type { Actor, Gate, RunEvent } from "../model/event.ts";
import type { RunSummary } from "../model/summary.ts";
import type { Verification } from "../model/verify.ts";
import type { Summaries } from "./live-view.ts";
import type { RunStatus } from "./run-status.ts";
import type { Environment } from "../system/account.ts";

/** Where runs are recorded, and what they may use of this process. */
export interface RunsOptions {
  /** The database's file; a relative path begins at `cwd`. It is created where there is none. */
  readonly db: string;
  /** Where relative paths begin, and where runbooks are looked for by name, in `runbooks/`. */
  readonly cwd: string;
  /** Credentials, settings and secrets, such as `process.env`: nothing is read from anywhere else. */
  readonly env: Environment;
  /** The clock; the machine's by default. */
  readonly now?: () => Date;
  /** Is given what went wrong beside a run without holding it up, such as an anchor that cannot be written. */
  readonly warn?: (message: string) => void;
  /** Is given each line of what a step is doing just now, without secrets; it is not part of the record. */
  readonly onProgress?: (run: string, step: string, line: string) => void;
}

/** The runs of one database. */
export interface Runs {
  /**
   * Records a new run; nothing is done before it is driven. Throws `RUNBOOK_UNKNOWN` or `RUNBOOK_BROKEN`, `INPUT_MISSING`
   * or `INPUT_MALFORMED`, `SECRET_MISSING`, what AWS and terraform lack (`CREDENTIALS_MISSING`, `TERRAFORM_MISSING`), and
   * `TARGET_HELD` when another unfinished run acts on the same target.
   */
  readonly start: (start: StartRun) => Promise<RunHandle>;
  /** The run of this id, as people type it; of a child run, the root. Throws `RUN_UNKNOWN`. */
  readonly find: (run: string) => RunHandle;
  /** Runs that have not ended, newest first. */
  readonly unfinished: () => readonly RunHandle[];
  /** Every check of the whole log: nothing of it is true for sure where one of them fails. */
  readonly verify: () => Promise<Verification>;
  /** Closes the database; a run that is still driven has to be stopped before. */
  readonly close: () => void;
}

export interface StartRun {
  /** A name, or the path of a file. */
  readonly runbook: string;
  /** What the runbook's input asks for; a secret is given as `env:NAME` or `file:PATH`. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Who asks for the run. */
  readonly by: Actor;
}

/** One run with its child runs. */
export interface RunHandle {
  readonly id: string;
  /** Where it stands, read from the record just now. */
  readonly status: () => RunStatus;
  /** Everything that was recorded, in that order. */
  readonly events: () => readonly RunEvent[];
  /**
   * Drives it until it has ended, or until only a person or a time that is far off can go on (`paused`), the runbook is at
   * fault (`faulted`), or `stop` aborts (`interrupted`); may be called again after that. Throws `RUN_HELD` when another
   * process drives it, `LEASE_LOST` when another has taken it over, `RUN_ENDED`, `SECRET_MISSING`, and `TARGET_CHANGED`
   * when the credentials are no longer those of the account that it acts on.
   */
  readonly drive: (how: DriveRun) => Promise<DriveEnd>;
  /**
   * Answers an open gate of the run or a child run; whoever drives it goes on. Throws `GATE_NOT_OPEN`, `GATE_ANSWERED`,
   * `GATE_CHANGED` (the digest is of something else), `GATE_EXPIRED`, `APPROVAL_BY_REQUESTER`, `APPROVER_EXCLUDED`,
   * `CHOICE_UNKNOWN`, `INPUT_MISSING`, `INPUT_MALFORMED`, `REASON_NEEDED` or `EVIDENCE_REFUSED`.
   */
  readonly answer: (answer: GateAnswer) => Promise<RunEvent>;
  /** Takes back an approval that was not used yet. Throws `APPROVAL_USED`, `APPROVAL_UNKNOWN`, `REASON_NEEDED` or `RUN_ENDED`. */
  readonly revoke: (approval: Reasoned & { readonly gate: string | null }) => RunEvent;
  /** Asks for its end, which whoever drives it brings about: what still runs is asked to stop and waited for. Throws `REASON_NEEDED` or `RUN_ENDED`. */
  readonly cancel: (why: Reasoned) => void;
  /** Pins it to the runbook's file as it is now. Throws `RUNBOOK_CHANGED` when its events do not lead to the same place on that. */
  readonly migrate: (to: { readonly by: Actor; readonly runbook?: string }) => Promise<void>;
  /** Every check of its record and that of its child runs. */
  readonly verify: () => Promise<Verification>;
  /** Puts a person's name under the record of an ended run. Throws `RUN_NOT_ENDED`, `SIGNER_NOT_A_PERSON`, `SIGN_OFF_STALE`, `REASON_NEEDED`, and `RECORD_BROKEN` where the record does not verify. */
  readonly signOff: (signing: Reasoned & { readonly sha: string }) => Promise<RunEvent>;
}

/** Who does something, and why. */
export interface Reasoned {
  readonly by: Actor;
  readonly reason: string;
}

export interface DriveRun {
  /** Who drives it. */
  readonly by: Actor;
  /**
   * Asked about one open gate after the other, in the name of `by`; resolves with undefined to leave it open, also when
   * `signal` says that it was answered elsewhere. Without it, `drive` ends at a gate, unless it is told to `wait`.
   */
  readonly ask?: (gate: Gate, run: RunSummary, signal: AbortSignal) => Promise<Decision | undefined>;
  /** Wait at gates for answers that come from elsewhere, by `answer` or another process. */
  readonly wait?: boolean;
  /** Gates of these risks are approved without asking, in the name of `by`. */
  readonly approves?: Policy["approves"];
  /** Aborts to stop safely: nothing is lost, and what outlives this process goes on. */
  readonly stop?: AbortSignal;
  /** Is given what was recorded since the last call, with what each run has come to after it. */
  readonly onEvents?: (events: readonly RunEvent[], summaries: Summaries) => void;
}

export interface GateAnswer {
  /** The gate's or its step's name; null where only one is open. */
  readonly gate: string | null;
  /** At least 8 digits of the digest of what was seen: an answer to something else is refused. */
  readonly digest: string;
  readonly decision: Decision;
  readonly by: Actor;
  /** Files that show it, kept as evidence. */
  readonly files?: readonly string[];
}
