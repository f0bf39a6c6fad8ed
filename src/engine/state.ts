import type { Allowances } from "../model/allowance.ts";
import type { Failure } from "../model/error.ts";
import type { Draft, EventData, Gate, RunEnd, RunEvent, Verdict } from "../model/event.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { StateRole } from "../model/state-ids.ts";
import type { AnyStep } from "../model/step.ts";
import type { Finding, Runbook } from "../runbook/types.ts";
import type { Ledger } from "./ledger.ts";
import type { Snapshot } from "./machine.ts";

/** A recorded intent to run a step. */
export interface StartedAttempt {
  readonly attempt: number;
  readonly key: string;
  readonly at: string;
}

/** Something the machine wants and has not got yet; what is null has no recorded intent yet. */
export type Pending =
  | {
      readonly type: "step";
      readonly id: string;
      readonly step: AnyStep;
      readonly input: Json;
      readonly started: StartedAttempt | null;
      /** The key of an earlier attempt at the same effect, which certainly did not happen. */
      readonly key: string | null;
      /** The question to the operator, when neither process nor probe could say what became of it. */
      readonly doubt: { readonly gate: Gate; readonly answer: StoredAnswer | null } | null;
      /** The question whether it may begin, where no gate of the runbook has allowed it. */
      readonly permission: Permission | null;
    }
  | {
      readonly type: "gate";
      readonly id: string;
      readonly step: AnyStep;
      readonly input: Json;
      readonly gate: Gate | null;
      /** An approval that was granted and not used yet. */
      readonly granted: GrantedApproval | null;
      /** Approvals of fewer people than have to approve. */
      readonly partly: readonly GrantedApproval[];
    }
  | {
      readonly type: "child";
      readonly id: string;
      readonly runbook: Runbook;
      readonly input: Json;
      readonly run: string | null;
    }
  | {
      readonly type: "timer";
      readonly id: string;
      readonly belongsTo: StateRole | null;
      readonly delay: number;
      readonly event: JsonObject;
      readonly due: string | null;
    };

/** A gate that the engine has opened for a write, and what people have said there. */
export interface Permission {
  readonly gate: Gate;
  readonly granted: GrantedApproval | null;
  readonly partly: readonly GrantedApproval[];
  readonly denied: { readonly by: string; readonly reason: string } | null;
}

export interface StoredAnswer {
  readonly choice: string;
  readonly reason: string;
  readonly output: Json;
}

export interface GrantedApproval {
  readonly by: string;
  readonly reason: string;
  readonly useBy: string | null;
  readonly rseq: number;
}

/** Why a run is parked. */
export interface RunFault {
  readonly failure: Failure;
  readonly recorded: boolean;
  /** What threw: the machine, which then stands still; or what is made of its state, which is tried again at a resume. */
  readonly in: "machine" | "settling";
  /** What was thrown, as long as this process knows it. */
  readonly cause?: unknown;
}

/** A rollback that a person accepted: what the run did later than the copy is not in its record. */
export interface AcceptedRollback {
  readonly told: EventData["rollback.accepted"];
  /** Steps of which it has been found out since whether they were done. */
  readonly asked: ReadonlySet<string>;
}

/** A run as its events tell it. */
export interface RunState {
  readonly run: string;
  readonly runbook: Runbook;
  readonly rseq: number;
  readonly start: Extract<Draft, { readonly type: "run.started" }>["data"];
  /** Who asked for it, or for the run that it is part of. */
  readonly requester: string;
  /** What its answers allow; null where a record is judged as before approvals covered writes. */
  readonly allowances: Allowances | null;
  readonly snapshot: Snapshot;
  readonly pending: ReadonlyMap<string, Pending>;
  /** What the machine no longer wants although its intent is recorded; it stays until its end is recorded too. */
  readonly withdrawn: readonly Pending[];
  readonly attempts: Ledger<number>;
  readonly openings: Ledger<number>;
  /** What cancelled attempts left running. */
  readonly leftRunning: readonly string[];
  /** Findings to record. */
  readonly findings: readonly (Finding & { readonly step: string })[];
  readonly verdicts: Ledger<Verdict>;
  /** `rseq` of the latest output of each state. */
  readonly evidence: Ledger<number>;
  readonly followUps: ReadonlySet<string>;
  readonly rollback: AcceptedRollback | null;
  readonly fault: RunFault | null;
  readonly cancel: string | null;
  /** Whether the runbook cleans up before the run ends as cancelled. */
  readonly cleaning: boolean;
  readonly end: RunEnd | null;
}

/**
 * The state with something changed. Spelt out, because to spread an object that was itself made by spreading takes Node 20
 * a microsecond, and a run's state is made so many times a step (`node bench/run.js steps`).
 */
export function revised(state: RunState, changes: Partial<RunState>): RunState {
  const same: RunState = {
    run: state.run,
    runbook: state.runbook,
    rseq: state.rseq,
    start: state.start,
    requester: state.requester,
    allowances: state.allowances,
    snapshot: state.snapshot,
    pending: state.pending,
    withdrawn: state.withdrawn,
    attempts: state.attempts,
    openings: state.openings,
    leftRunning: state.leftRunning,
    findings: state.findings,
    verdicts: state.verdicts,
    evidence: state.evidence,
    followUps: state.followUps,
    rollback: state.rollback,
    fault: state.fault,
    cancel: state.cancel,
    cleaning: state.cleaning,
    end: state.end,
  };
  return Object.assign(same, changes);
}

/** An event as far as the fold needs it: drafts are folded before they are stored. */
export type FoldableEvent = Draft & Pick<RunEvent, "rseq" | "at">;
