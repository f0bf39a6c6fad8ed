/**
 * The fold: a run's state from its events, and nothing else.
 *
 * R1  State is recomputable: `replay` of the stored events gives the state the engine had when it stored them.
 * R2  An intent that the machine does not want, an outcome without its intent, an answer to another gate, or an end
 *     that the machine has not reached does not fit: the record is broken or belongs to another runbook.
 * R3  An answer to what the run has meanwhile continued without fits, and moves nothing.
 */
import { afterEvent, noAllowances } from "../model/allowance.ts";
import { RunbookError, type Failure } from "../model/error.ts";
import type { RunEnd } from "../model/event.ts";
import { cancelEvent, type Runbook } from "../runbook/types.ts";
import { change, drop, intend, misfit, move, type FoldableOf } from "./fold.ts";
import { foldAttempt, refused } from "./fold-attempt.ts";
import { closed, comesTooLate, foldAnswer, opened, used } from "./fold-gate.ts";
import { Ledger } from "./ledger.ts";
import { begin, endOf, accepts } from "./machine.ts";
import { takeWants } from "./pending.ts";
import { revised, type FoldableEvent, type RunState } from "./state.ts";

/** Folds the whole log of one run; throws `RECORD_BROKEN` when an event does not fit (R2). */
export function replay(runbook: Runbook, events: readonly FoldableEvent[]): RunState {
  const [first, ...rest] = events;
  if (first?.type !== "run.started") {
    throw new RunbookError(
      "RECORD_BROKEN",
      `The record of run ${first?.run ?? "?"} does not begin with its start.`,
    );
  }
  return rest.reduce(apply, open(runbook, first));
}

/** The state after `run.started`; throws what the first state's mapper throws. */
export function open(runbook: Runbook, first: FoldableOf<"run.started">): RunState {
  const { snapshot, wants } = begin(runbook, first.data.input);
  const state: RunState = {
    run: first.run,
    runbook,
    rseq: first.rseq,
    start: first.data,
    requester: first.data.parent?.requester ?? first.actor.id,
    allowances: afterEvent(noAllowances, first),
    snapshot,
    pending: new Map(),
    withdrawn: [],
    leftRunning: [],
    attempts: Ledger.empty(),
    openings: Ledger.empty(),
    findings: [],
    verdicts: Ledger.empty(),
    evidence: Ledger.empty(),
    followUps: new Set(),
    rollback: null,
    fault: null,
    cancel: null,
    cleaning: false,
    end: null,
  };
  return takeWants(state, wants);
}

/** The state after one more event. */
export function apply(state: RunState, event: FoldableEvent): RunState {
  if (event.rseq !== state.rseq + 1)
    throw misfit(state, event, `event ${state.rseq + 1} is missing before it`);
  const allowances = state.allowances === null ? null : afterEvent(state.allowances, event);
  return fold(revised(state, { rseq: event.rseq, allowances }), event);
}

function fold(state: RunState, event: FoldableEvent): RunState {
  switch (event.type) {
    case "run.started":
      throw misfit(state, event, "a run starts once");
    case "step.started":
      return started(state, event);
    case "step.succeeded":
    case "step.failed":
    case "step.cancelled":
    case "step.inDoubt":
    case "step.reconciled":
      return foldAttempt(state, event);
    case "step.refused":
      return refused(state, event);
    case "gate.opened":
      return opened(state, event);
    case "gate.closed":
      return closed(state, event);
    case "approval.granted":
    case "approval.denied":
    case "approval.revoked":
    case "decision.made":
    case "input.given":
      return comesTooLate(state, event) ? state : foldAnswer(state, event);
    case "approval.used":
      return used(state, event);
    case "timer.armed":
    case "timer.fired":
    case "timer.cancelled":
    case "child.started":
    case "child.ended":
      return foldWait(state, event);
    case "finding.recorded":
    case "criterion.evaluated":
    case "followUp.added":
      return foldNote(state, event);
    case "run.faulted":
      return faulted(state, event);
    case "cancel.requested":
      return cancelled(state, event);
    case "run.succeeded":
    case "run.failed":
    case "run.cancelled":
      return ended(state, event);
    case "run.resumed":
      return goneOn(state);
    case "run.migrated":
      return revised(goneOn(state), { start: { ...state.start, runbook: event.data.to } });
    case "rollback.accepted":
      return revised(state, { rollback: { told: event.data, asked: new Set() } });
    case "run.interrupted":
    case "clock.jumped":
    case "lease.acquired":
    case "plan.used":
    case "record.exported":
    case "record.signedOff":
    case "record.pruned":
      return state;
  }
}

type WaitEvent = FoldableOf<
  "timer.armed" | "timer.fired" | "timer.cancelled" | "child.started" | "child.ended"
>;

/** What a run waits for that is neither a step nor a person: a time, or another run. */
function foldWait(state: RunState, event: WaitEvent): RunState {
  switch (event.type) {
    case "timer.armed":
      return intend(state, event, { id: event.data.timer, type: "timer" }, { due: event.data.due });
    case "timer.fired":
      return fired(state, event);
    case "timer.cancelled":
      return drop(state, event.data.timer);
    case "child.started":
      return intend(state, event, { id: event.data.step, type: "child" }, { run: event.data.run });
    case "child.ended":
      return childEnded(state, event);
  }
}

/** What is told on the way. */
function foldNote(
  state: RunState,
  event: FoldableOf<"finding.recorded" | "criterion.evaluated" | "followUp.added">,
): RunState {
  switch (event.type) {
    case "finding.recorded":
      return revised(state, { findings: state.findings.slice(1) });
    case "criterion.evaluated":
      return revised(state, { verdicts: state.verdicts.with(event.data.id, event.data.verdict) });
    case "followUp.added":
      return revised(state, { followUps: new Set([...state.followUps, event.data.id]) });
  }
}

/** What is made of the state is tried again. */
function goneOn(state: RunState): RunState {
  return state.fault?.in === "settling" ? revised(state, { fault: null }) : state;
}

/** Where the runbook says how to clean up it goes there; a second request gives that up. */
function cancelled(state: RunState, event: FoldableOf<"cancel.requested">): RunState {
  const asked = revised(state, { cancel: event.data.reason, cleaning: false });
  if (state.cancel !== null || state.fault !== null || !accepts(state.snapshot, cancelEvent)) return asked;
  return move(revised(asked, { cleaning: true }), event, { type: "fired", event: { type: cancelEvent } });
}

function faulted(state: RunState, event: FoldableOf<"run.faulted">): RunState {
  const { failure } = event.data;
  if (state.fault === null) return revised(state, { fault: { failure, recorded: true, in: "settling" } });
  return revised(state, { fault: { ...state.fault, failure, recorded: true } });
}

function started(state: RunState, event: FoldableOf<"step.started">): RunState {
  const { step, attempt, key } = event.data;
  if (attempt !== (state.attempts.get(step) ?? 0) + 1)
    throw misfit(state, event, "its attempt is out of turn");
  const next = intend(
    permitted(state, step),
    event,
    { id: step, type: "step" },
    { started: { attempt, key, at: event.at } },
  );
  return revised(next, { attempts: state.attempts.with(step, attempt) });
}

/** Whatever was asked about a write is answered when it begins. */
function permitted(state: RunState, step: string): RunState {
  const pending = state.pending.get(step);
  if (pending?.type !== "step" || pending.permission === null) return state;
  return change(state, { ...pending, permission: null });
}

function fired(state: RunState, event: FoldableOf<"timer.fired">): RunState {
  const pending = state.pending.get(event.data.timer);
  if (pending?.type !== "timer" || pending.due === null)
    throw misfit(state, event, `timer \`${event.data.timer}\` is not armed`);
  return move(drop(state, pending.id), event, { type: "fired", event: pending.event });
}

function childEnded(state: RunState, event: FoldableOf<"child.ended">): RunState {
  const { step, run, status } = event.data;
  if (state.withdrawn.some((gone) => gone.type === "child" && gone.run === run)) return drop(state, step);
  const evidence = state.evidence.with(step, event.rseq);
  if (status === "succeeded")
    return move(revised(state, { evidence }), event, { type: "done", id: step, output: { run, status } });
  const failure: Failure = {
    code: "CHILD_RUN_FAILED",
    message: `Child run ${run} ${status}.`,
    hint: `Read it with \`runwright show ${run}\`.`,
    data: { run, status },
  };
  return move(revised(state, { evidence }), event, { type: "failed", id: step, failure });
}

function ended(
  state: RunState,
  event: FoldableOf<"run.succeeded" | "run.failed" | "run.cancelled">,
): RunState {
  const end = event.type.slice("run.".length) as RunEnd;
  const reached = endOf(state.snapshot);
  const isReached = end === "cancelled" ? state.cancel !== null || reached === end : reached !== null;
  if (state.end !== null || !isReached || (end === "succeeded" && reached !== end))
    throw misfit(state, event, `the runbook has not ${end} there`);
  return revised(state, { end });
}
