/**
 * After an accepted rollback: what the run did later than the copy is not in its record. So the first attempt of each
 * write is in doubt from the start, as if a former engine had made it. The world can say that it is done; that it is not,
 * only a person (recover.ts).
 */
import type { RunTree } from "./run-tree.ts";
import type { PendingStep } from "./pending.ts";
import type { RunState, StartedAttempt } from "./state.ts";

/** Since when a write may have been done that a rollback has taken out of the record; null when that is known. */
export function unknownSince({ rollback }: RunState, { id, step }: PendingStep): string | null {
  const isAsked = rollback === null || step.effect !== "write" || rollback.asked.has(id);
  return isAsked ? null : rollback.told.since;
}

/** When an attempt may have begun at the earliest, in case an engine whose events are lost made it. */
export function earliestStart(state: RunState, pending: PendingStep, { at }: StartedAttempt): string {
  const since = unknownSince(state, pending);
  return since !== null && since < at ? since : at;
}

/** Whether an engine whose events were rolled back may have made it already: then it is in doubt from the start. */
export function isUnknown(family: RunTree, run: string, step: string): boolean {
  const state = family.get(run);
  const pending = state?.pending.get(step);
  return state !== undefined && pending?.type === "step" && unknownSince(state, pending) !== null;
}
