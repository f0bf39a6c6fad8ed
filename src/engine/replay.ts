/**
 * The fold: a run's state from its events, and nothing else.
 *
 * R1  State is recomputable: `replay` of the stored events gives the state the engine had when it stored them.
 * R2  An intent that the machine does not want, or an outcome without an intent, does not fit: the record is broken
 *     or belongs to another runbook.
 */
import { RunbookError, toFailure, type Failure } from "../model/error.ts";
import type { RunEnd } from "../model/event.ts";
import type { Json } from "../model/json.ts";
import type { Runbook } from "../runbook/types.ts";
import { advance, begin, contextOf, type Moved, type Stimulus, type Want } from "./machine.ts";
import type { Applicable, Pending, RunState } from "./state.ts";

/** Folds the whole log of one run; throws `RECORD_BROKEN` when an event does not fit (R2). */
export function replay(runbook: Runbook, events: readonly Applicable[]): RunState {
  const [first, ...rest] = events;
  if (first?.type !== "run.started") {
    throw new RunbookError(
      "RECORD_BROKEN",
      `The record of run ${first?.run ?? "?"} does not begin with its start.`,
    );
  }
  return rest.reduce(apply, open(runbook, first));
}

/** The state after `run.started`. */
export function open(
  runbook: Runbook,
  first: Extract<Applicable, { readonly type: "run.started" }>,
): RunState {
  const { snapshot, wants } = begin(runbook, first.data.input);
  const state: RunState = {
    run: first.run,
    runbook,
    rseq: first.rseq,
    start: first.data,
    snapshot,
    pending: new Map(),
    withdrawn: [],
    attempts: {},
    openings: {},
    findings: [],
    verdicts: {},
    evidence: {},
    followUps: new Set(),
    fault: null,
    cancel: null,
    end: null,
  };
  return takeWants(state, wants);
}

/** The state after one more event. */
export function apply(state: RunState, event: Applicable): RunState {
  if (event.rseq !== state.rseq + 1)
    throw misfit(state, event, `event ${state.rseq + 1} is missing before it`);
  return fold({ ...state, rseq: event.rseq }, event);
}

function fold(state: RunState, event: Applicable): RunState {
  switch (event.type) {
    case "run.started":
      throw misfit(state, event, "a run starts once");
    case "step.started": {
      const { step, attempt, key } = event.data;
      const attempts = { ...state.attempts, [step]: attempt };
      return { ...update(state, event, step, "step", { started: { attempt, key, at: event.at } }), attempts };
    }
    case "step.succeeded": {
      const { step, output } = event.data;
      const evidence = { ...state.evidence, [step]: event.rseq };
      return withFindings(move({ ...state, evidence }, event, { type: "done", id: step, output }), step);
    }
    case "step.failed":
      return move(state, event, { type: "failed", id: event.data.step, failure: event.data.failure });
    case "step.cancelled":
      return drop(state, event.data.step);
    case "step.reconciled":
      return reconciled(state, event);
    case "gate.opened":
      return opened(state, event);
    case "gate.closed":
      return closed(state, event);
    case "approval.granted":
    case "approval.denied": {
      const approved = event.type === "approval.granted";
      return answered(state, event, { approved, by: event.actor.id, reason: event.data.reason });
    }
    case "decision.made":
      return decided(state, event);
    case "input.given":
      return answered(state, event, { values: event.data.values, by: event.actor.id });
    case "timer.armed":
      return update(state, event, event.data.timer, "timer", { due: event.data.due });
    case "timer.fired":
      return fired(state, event);
    case "timer.cancelled":
      return drop(state, event.data.timer);
    case "child.started":
      return update(state, event, event.data.step, "child", { run: event.data.run });
    case "child.ended":
      return childEnded(state, event);
    case "finding.recorded":
      return { ...state, findings: state.findings.slice(1) };
    case "criterion.evaluated":
      return { ...state, verdicts: { ...state.verdicts, [event.data.id]: event.data.verdict } };
    case "followUp.added":
      return { ...state, followUps: new Set([...state.followUps, event.data.id]) };
    case "run.faulted":
      return state.fault === null ? state : { ...state, fault: { ...state.fault, recorded: true } };
    case "cancel.requested":
      return { ...state, cancel: event.data.reason };
    case "run.succeeded":
    case "run.failed":
    case "run.cancelled":
      return { ...state, end: event.type.slice("run.".length) as RunEnd };
    case "run.resumed":
    case "run.interrupted":
    case "run.migrated":
    case "step.inDoubt":
    case "lease.acquired":
    case "plan.used":
      return state;
  }
}

/** Tells the machine; when its guards or mappers throw, the stimulus stays recorded and the run is parked (M4). */
function move(state: RunState, event: Applicable, stimulus: Stimulus & { readonly id?: string }): RunState {
  if (stimulus.id !== undefined && !state.pending.has(stimulus.id)) {
    throw misfit(state, event, `\`${stimulus.id}\` was not running`);
  }
  if (state.fault !== null) return state;
  let next: Moved;
  try {
    next = advance(state.runbook, state.snapshot, stimulus);
  } catch (error) {
    return { ...state, fault: { failure: toFailure(error), recorded: false } };
  }
  const settled = stimulus.id === undefined ? state : drop(state, stimulus.id);
  return takeWants({ ...settled, snapshot: next.snapshot }, next.wants);
}

function takeWants(state: RunState, wants: readonly Want[]): RunState {
  const pending = new Map(state.pending);
  const withdrawn = [...state.withdrawn];
  for (const want of wants) {
    if (want.type === "invoke" || want.type === "arm") {
      pending.set(want.id, toPending(want));
      continue;
    }
    // A finished invocation is stopped too; only what still has a recorded intent is withdrawn.
    const gone = pending.get(want.id);
    pending.delete(want.id);
    if (gone !== undefined && hasIntent(gone)) withdrawn.push(gone);
  }
  return { ...state, pending, withdrawn };
}

function toPending(want: Extract<Want, { readonly type: "invoke" | "arm" }>): Pending {
  const { id } = want;
  if (want.type === "arm") return { type: "timer", id, delay: want.delay, event: want.event, due: null };
  const { what, input } = want;
  if (what.type === "child") return { type: "child", id, runbook: what.runbook, input, run: null };
  if (what.step.effect === "human") return { type: "gate", id, step: what.step, input, gate: null };
  return { type: "step", id, step: what.step, input, started: null, key: null, doubt: null };
}

export function hasIntent(pending: Pending): boolean {
  switch (pending.type) {
    case "step":
      return pending.started !== null;
    case "gate":
      return pending.gate !== null;
    case "child":
      return pending.run !== null;
    case "timer":
      return pending.due !== null;
  }
}

function withFindings(state: RunState, step: string): RunState {
  if (state.fault !== null) return state;
  try {
    const found = state.runbook
      .findings(step, contextOf(state.snapshot))
      .map((finding) => ({ ...finding, step }));
    return { ...state, findings: [...state.findings, ...found] };
  } catch (error) {
    return { ...state, fault: { failure: toFailure(error), recorded: false } };
  }
}

function update(
  state: RunState,
  event: Applicable,
  id: string,
  type: Pending["type"],
  change: Partial<Pending>,
): RunState {
  const pending = state.pending.get(id);
  if (pending?.type !== type) throw misfit(state, event, `the runbook does not ask for \`${id}\` there`);
  return { ...state, pending: new Map(state.pending).set(id, { ...pending, ...change } as Pending) };
}

function drop(state: RunState, id: string): RunState {
  const pending = new Map(state.pending);
  pending.delete(id);
  return { ...state, pending, withdrawn: state.withdrawn.filter((gone) => gone.id !== id) };
}

function reconciled(
  state: RunState,
  event: Extract<Applicable, { readonly type: "step.reconciled" }>,
): RunState {
  const { step, verdict } = event.data;
  if (verdict !== "not done") return update(state, event, step, "step", { doubt: null });
  const pending = state.pending.get(step);
  const key = pending?.type === "step" ? (pending.started?.key ?? null) : null;
  return update(state, event, step, "step", { started: null, doubt: null, key });
}

function opened(state: RunState, event: Extract<Applicable, { readonly type: "gate.opened" }>): RunState {
  const { step, kind } = event.data;
  const openings = { ...state.openings, [step]: (state.openings[step] ?? 0) + 1 };
  const next =
    kind === "inDoubt"
      ? update(state, event, step, "step", { doubt: { gate: event.data, answer: null } })
      : update(state, event, step, "gate", { gate: event.data });
  return { ...next, openings };
}

/** The pending whose gate has this name. */
export function pendingOfGate(
  state: RunState,
  gate: string,
): Extract<Pending, { readonly type: "gate" | "step" }> | undefined {
  for (const pending of state.pending.values()) {
    if (pending.type === "gate" && pending.gate?.gate === gate) return pending;
    if (pending.type === "step" && pending.doubt?.gate.gate === gate) return pending;
  }
  return undefined;
}

function closed(state: RunState, event: Extract<Applicable, { readonly type: "gate.closed" }>): RunState {
  const pending = pendingOfGate(state, event.data.gate);
  const withdrawn = state.withdrawn.filter(
    (gone) => gone.type !== "gate" || gone.gate?.gate !== event.data.gate,
  );
  if (pending?.type !== "gate") return { ...state, withdrawn };
  return { ...update(state, event, pending.id, "gate", { gate: null }), withdrawn };
}

type GateEvent = Extract<
  Applicable,
  { readonly type: "approval.granted" | "approval.denied" | "decision.made" | "input.given" }
>;

function answered(state: RunState, event: GateEvent, output: Json): RunState {
  const pending = pendingOfGate(state, event.data.gate);
  if (pending === undefined) throw misfit(state, event, `gate \`${event.data.gate}\` is not open`);
  const evidence = { ...state.evidence, [pending.id]: event.rseq };
  return move({ ...state, evidence }, event, { type: "done", id: pending.id, output });
}

function decided(state: RunState, event: Extract<Applicable, { readonly type: "decision.made" }>): RunState {
  const { choice, reason, output } = event.data;
  const pending = pendingOfGate(state, event.data.gate);
  if (pending?.type === "step" && pending.doubt !== null) {
    const doubt = { ...pending.doubt, answer: { choice, reason, output } };
    return update(state, event, pending.id, "step", { doubt });
  }
  return answered(state, event, { choice, reason, by: event.actor.id });
}

function fired(state: RunState, event: Extract<Applicable, { readonly type: "timer.fired" }>): RunState {
  const pending = state.pending.get(event.data.timer);
  if (pending?.type !== "timer") throw misfit(state, event, `timer \`${event.data.timer}\` is not armed`);
  return move(drop(state, pending.id), event, { type: "fired", event: pending.event });
}

function childEnded(state: RunState, event: Extract<Applicable, { readonly type: "child.ended" }>): RunState {
  const { step, run, status } = event.data;
  const evidence = { ...state.evidence, [step]: event.rseq };
  if (status === "succeeded")
    return move({ ...state, evidence }, event, { type: "done", id: step, output: { run, status } });
  const failure: Failure = {
    code: "CHILD_RUN_FAILED",
    message: `Child run ${run} ${status}.`,
    hint: `Read it with \`runwright show ${run}\`.`,
    data: { run, status },
  };
  return move({ ...state, evidence }, event, { type: "failed", id: step, failure });
}

function misfit(state: RunState, event: Applicable, why: string): RunbookError {
  return new RunbookError(
    "RECORD_BROKEN",
    `Event ${event.rseq} (\`${event.type}\`) of run ${state.run} does not fit its runbook: ${why}.`,
  );
}
