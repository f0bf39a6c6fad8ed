/** Folds what became of an attempt. */
import { contextOf } from "./machine.ts";
import { change, drop, misfit, move, parked, type FoldableOf } from "./fold.ts";
import type { PendingStep } from "./pending.ts";
import { revised, type Pending, type RunState } from "./state.ts";

type AttemptEvent = FoldableOf<
  "step.succeeded" | "step.failed" | "step.cancelled" | "step.inDoubt" | "step.reconciled"
>;

export function foldAttempt(before: RunState, event: AttemptEvent): RunState {
  const state = foldDraft(before, event);
  return event.type === "step.reconciled" ? askedAbout(state, event) : state;
}

/** A write that was not let begin has failed without ever having been attempted. */
export function refused(state: RunState, event: FoldableOf<"step.refused">): RunState {
  const { step, failure } = event.data;
  const pending = state.pending.get(step);
  if (pending?.type !== "step" || pending.started !== null)
    throw misfit(state, event, `\`${step}\` does not wait to begin`);
  return move(state, event, { type: "failed", id: step, failure });
}

/** After a rollback a step is asked about once: what it does from then on is in the record. */
function askedAbout(state: RunState, { data }: FoldableOf<"step.reconciled">): RunState {
  const { rollback } = state;
  if (rollback === null) return state;
  const { step, verdict, by } = data;
  // So far the lost part did not get, says a person; and nothing else is under way at the same time.
  if (verdict === "not done" && by === "operator" && state.pending.size === 1)
    return revised(state, { rollback: null });
  return revised(state, { rollback: { ...rollback, asked: new Set([...rollback.asked, step]) } });
}

function foldDraft(before: RunState, event: AttemptEvent): RunState {
  const { step, attempt } = event.data;
  const left = event.type === "step.cancelled" ? (event.data.leftRunning ?? []) : [];
  const state =
    left.length === 0 ? before : revised(before, { leftRunning: [...before.leftRunning, ...left] });
  const isOver = ["step.succeeded", "step.failed", "step.cancelled"].includes(event.type);
  const isOf = (gone: Pending): boolean =>
    gone.type === "step" && gone.id === step && gone.started?.attempt === attempt;
  if (state.withdrawn.some(isOf)) {
    // It is recorded for people; the machine has gone on without it.
    return isOver ? revised(state, { withdrawn: state.withdrawn.filter((gone) => !isOf(gone)) }) : state;
  }
  const pending = state.pending.get(step);
  // What certainly did not happen has no intent left and may still be told as failed or cancelled.
  const isKnown = isOver && event.type !== "step.succeeded" && state.attempts.get(step) === attempt;
  if (pending?.type !== "step" || !(isKnown || isOf(pending)))
    throw misfit(state, event, `attempt ${attempt} of \`${step}\` was not running`);
  return foldOwnAttempt(state, event, pending);
}

function foldOwnAttempt(state: RunState, event: AttemptEvent, pending: PendingStep): RunState {
  const { id } = pending;
  switch (event.type) {
    case "step.succeeded": {
      const evidence = state.evidence.with(id, event.rseq);
      const stimulus = { type: "done", id, output: event.data.output } as const;
      return withFindings(move(revised(state, { evidence }), event, stimulus), id);
    }
    case "step.failed":
      return move(state, event, { type: "failed", id, failure: event.data.failure });
    case "step.cancelled":
      return drop(state, id);
    case "step.inDoubt":
      return state;
    case "step.reconciled": {
      if (event.data.verdict !== "not done") return change(state, { ...pending, doubt: null });
      return change(state, { ...pending, started: null, doubt: null, key: pending.started?.key ?? null });
    }
  }
}

function withFindings(state: RunState, step: string): RunState {
  if (state.fault !== null) return state;
  try {
    const found = state.runbook
      .findings(step, contextOf(state.snapshot))
      .map((finding) => ({ ...finding, step }));
    return revised(state, { findings: [...state.findings, ...found] });
  } catch (error) {
    return parked(state, error);
  }
}
