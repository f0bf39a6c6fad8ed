import type { Failure } from "./error.ts";
import type { Artifact, EventData, Gate, RunEnd, Verdict } from "./event.ts";
import type { Json } from "./json.ts";

export type StepStatus =
  "pending" | "running" | "waiting" | "succeeded" | "failed" | "skipped" | "cancelled" | "in doubt";

/** One step as the events tell it; `attempts` is 0 while it has not been reached. */
export interface StepSummary {
  readonly step: string;
  readonly title: string;
  readonly kind: string | null;
  readonly status: StepStatus;
  readonly attempts: number;
  readonly describe: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly failure: Failure | null;
  readonly output: Json;
  readonly artifacts: readonly Artifact[];
  /** `rseq` of the event that ended it last. */
  readonly rseq: number | null;
}

/** A person's yes that still waits to be used. */
export interface Approval {
  readonly gate: Gate;
  readonly by: string;
  readonly at: string;
  readonly useBy: string | null;
}

export interface CriterionSummary {
  readonly id: string;
  readonly title: string;
  readonly step: string;
  readonly verdict: Verdict;
  readonly declaredAt: string;
  readonly evaluatedAt: string | null;
  readonly evidence: number | null;
}

/** A run folded for a reader: everything that `status`, `list`, `show` and the prompts need, without the machine. */
export interface RunSummary {
  readonly run: string;
  readonly start: EventData["run.started"];
  readonly requester: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly lastAt: string;
  /** `running` also when the engine that ran it is gone: see the lease. */
  readonly status: "running" | "waiting" | RunEnd;
  readonly reason: string | null;
  readonly fault: Failure | null;
  readonly steps: readonly StepSummary[];
  readonly gates: readonly Gate[];
  /** Granted and not used yet. */
  readonly approvals: readonly Approval[];
  readonly timers: readonly EventData["timer.armed"][];
  readonly children: readonly {
    readonly run: string;
    readonly step: string;
    readonly status: RunEnd | "open";
  }[];
  readonly criteria: readonly CriterionSummary[];
  readonly findings: readonly EventData["finding.recorded"][];
  readonly followUps: readonly EventData["followUp.added"][];
  readonly events: number;
}
