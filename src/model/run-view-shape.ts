import type { RecordedAttempt } from "./attempts.ts";
import type { EventData, EventOf } from "./event.ts";
import type { GateRecord } from "./gate-record.ts";
import type { EventEvidence } from "./event-evidence.ts";
import type { RunSummary } from "./summary-shape.ts";

/** What is under way and was begun by the event number `seq` of the log. */
export type WorkUnderWay = { readonly seq: number } & (
  | { readonly kind: "step"; readonly step: string; readonly describe: string }
  | { readonly kind: "gate"; readonly gate: string }
  | ({ readonly kind: "timer" } & EventData["timer.armed"])
);

/** A timer that was armed, and how it ended. */
export interface TimerWait {
  readonly armed: EventOf<"timer.armed">;
  readonly ended: EventOf<"timer.fired" | "timer.cancelled"> | null;
}

/** What a person said at a gate. */
export type HumanAnswer = EventOf<"approval.granted" | "approval.denied" | "decision.made" | "input.given">;

/** Everything that readers know of one run. */
export interface FoldedRun {
  /** Where the run stands, and each step's latest. */
  readonly summary: RunSummary;
  /** Every attempt, in the order in which they started. */
  readonly attempts: readonly RecordedAttempt[];
  /** Every gate, in the order in which they were opened. */
  readonly gates: readonly GateRecord[];
  /** All evidence, in the order in which it was recorded. */
  readonly kept: readonly EventEvidence[];
  /** In the order in which it began. */
  readonly underWay: ReadonlyMap<string, WorkUnderWay>;
  readonly waits: readonly TimerWait[];
  readonly words: readonly HumanAnswer[];
  readonly findings: readonly EventOf<"finding.recorded">[];
  /** Also those that later ones have replaced. */
  readonly verdicts: readonly EventOf<"criterion.evaluated">[];
  readonly leases: readonly EventOf<"lease.acquired">[];
  readonly resumptions: readonly EventOf<"run.resumed">[];
  readonly migrations: readonly EventOf<"run.migrated">[];
  readonly rollbacks: readonly EventOf<"rollback.accepted">[];
  readonly signOffs: readonly EventOf<"record.signedOff">[];
}
