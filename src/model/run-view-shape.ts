import type { Attempt } from "./attempts.ts";
import type { EventData, EventType, RunEvent } from "./event.ts";
import type { GateRecord } from "./gate-record.ts";
import type { Kept } from "./kept.ts";
import type { RunSummary } from "./summary-shape.ts";

export type Event<T extends EventType> = Extract<RunEvent, { readonly type: T }>;

/** What is under way and was begun by the event number `seq` of the log. */
export type UnderWay = { readonly seq: number } & (
  | { readonly kind: "step"; readonly step: string; readonly describe: string }
  | { readonly kind: "gate"; readonly gate: string }
  | ({ readonly kind: "timer" } & EventData["timer.armed"])
);

/** A timer that was armed, and how it ended. */
export interface Wait {
  readonly armed: Event<"timer.armed">;
  readonly ended: Event<"timer.fired" | "timer.cancelled"> | null;
}

/** What a person said at a gate. */
export type Word = Event<"approval.granted" | "approval.denied" | "decision.made" | "input.given">;

/** Everything that readers know of one run. */
export interface FoldedRun {
  /** Where the run stands, and each step's latest. */
  readonly summary: RunSummary;
  /** Every attempt, in the order in which they started. */
  readonly attempts: readonly Attempt[];
  /** Every gate, in the order in which they were opened. */
  readonly gates: readonly GateRecord[];
  /** All evidence, in the order in which it was recorded. */
  readonly kept: readonly Kept[];
  /** In the order in which it began. */
  readonly underWay: ReadonlyMap<string, UnderWay>;
  readonly waits: readonly Wait[];
  readonly words: readonly Word[];
  readonly findings: readonly Event<"finding.recorded">[];
  /** Also those that later ones have replaced. */
  readonly verdicts: readonly Event<"criterion.evaluated">[];
  readonly leases: readonly Event<"lease.acquired">[];
  readonly resumptions: readonly Event<"run.resumed">[];
  readonly migrations: readonly Event<"run.migrated">[];
  readonly rollbacks: readonly Event<"rollback.accepted">[];
  readonly signOffs: readonly Event<"record.signedOff">[];
}
