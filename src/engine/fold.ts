/** What the folds of single events share: how the machine is told, and how what it wants is changed. */
import { RunbookError, toFailure, type Failure } from "../model/error.ts";
import { errorLocation } from "../runbook/source-locations.ts";
import type { Runbook } from "../runbook/types.ts";
import { advance, type Transition, type Stimulus } from "./machine.ts";
import { hasIntent, takeWants } from "./pending.ts";
import { revised, type FoldableEvent, type Pending, type RunState } from "./state.ts";

export type FoldableOf<T extends FoldableEvent["type"]> = Extract<FoldableEvent, { readonly type: T }>;

/** Tells the machine; when its guards or mappers throw, the stimulus stays recorded and the run is parked (M4). */
export function move(
  state: RunState,
  event: FoldableEvent,
  stimulus: Stimulus & { readonly id?: string },
): RunState {
  const { id } = stimulus;
  if (id !== undefined && !state.pending.has(id)) throw misfit(state, event, `\`${id}\` was not running`);
  const settled = id === undefined ? state : drop(state, id);
  if (state.fault?.in === "machine") return settled;
  let next: Transition;
  try {
    next = advance(state.runbook, state.snapshot, stimulus);
  } catch (error) {
    return parked(settled, error);
  }
  return takeWants(revised(settled, { snapshot: next.snapshot }), next.wants);
}

export function parked(state: RunState, error: unknown): RunState {
  const failure = failureIn(state.runbook, error);
  return revised(state, { fault: { failure, recorded: false, in: "machine", cause: error } });
}

const fixFile = "Fix the runbook's file at this place, then continue with `runwright resume RUN --migrate`.";

/** What a function of a runbook threw, with where in its file it stands. */
export function failureIn(runbook: Runbook, error: unknown): Failure {
  const failure = toFailure(error);
  const place = errorLocation(runbook, error);
  if (place === null) return failure;
  const message = failure.message.replace(/(\.?)$/, ` (${place})$1`);
  return { ...failure, message, hint: failure.code === "UNEXPECTED" ? fixFile : failure.hint };
}

/** Notes a recorded intent on what asked for it. */
export function intend(
  state: RunState,
  event: FoldableEvent,
  { id, type }: Pick<Pending, "id" | "type">,
  intent: Partial<Pending>,
): RunState {
  const pending = state.pending.get(id);
  if (pending?.type !== type || hasIntent(pending))
    throw misfit(state, event, `the runbook does not ask for \`${id}\` there`);
  return change(state, { ...pending, ...intent } as Pending);
}

export function change(state: RunState, pending: Pending): RunState {
  return revised(state, { pending: new Map(state.pending).set(pending.id, pending) });
}

/** Forgets what has ended: first what was withdrawn, for its id may already be wanted anew. */
export function drop(state: RunState, id: string): RunState {
  if (state.withdrawn.some((gone) => gone.id === id))
    return revised(state, { withdrawn: state.withdrawn.filter((gone) => gone.id !== id) });
  const pending = new Map(state.pending);
  pending.delete(id);
  return revised(state, { pending });
}

/** The error for an event that its runbook cannot have led to (R2). */
export function misfit(state: RunState, event: FoldableEvent, why: string): RunbookError {
  return new RunbookError(
    "RECORD_BROKEN",
    `Event ${event.rseq} (\`${event.type}\`) of run ${state.run} does not fit its runbook: ${why}.`,
  );
}
