import type { Gate, EventOf } from "./event.ts";
import { answered, opened, type GateAnswerEvent } from "./gate-record.ts";
import { roleOfStep, type StateRole } from "./state-ids.ts";
import { add, changeStep, replace, type ChangingView } from "./run-view-state.ts";

/** Folds the opening of a gate. */
export function openGate(view: ChangingView, event: EventOf<"gate.opened">): void {
  const { seq, at, data } = event;
  add(view.gates, view.at.gates, data.gate, opened(event));
  view.underWay.set(`gate/${data.gate}`, { seq, kind: "gate", gate: data.gate });
  view.summary.gates.push(data);
  const status = data.kind === "inDoubt" ? "in doubt" : "waiting";
  if (roleIn(view, data.step).role === "attempt")
    changeStep(view, data.step, { status, startedAt: at, endedAt: null });
}

/** Folds an answer to a gate, or the end of one. */
export function answerGate(view: ChangingView, event: GateAnswerEvent): void {
  replace(view.gates, view.at.gates, event.data.gate, (record) => answered(record, event));
  // What was asked stays answered, for the time that it took, when the answer is taken back later.
  if (event.type !== "approval.revoked") view.underWay.delete(`gate/${event.data.gate}`);
  const gate = gateOf(view, event.data.gate);
  if (gate !== undefined && event.type === "approval.granted" && !isEnough(view, gate, event)) return;
  forget(view, event);
  if (gate !== undefined && gate.kind !== "inDoubt") noteOfStep(view, gate, event);
}

/** Folds the use of an approval. */
export function useApproval(view: ChangingView, event: EventOf<"approval.used">): void {
  replace(view.gates, view.at.gates, event.data.gate, (record) => answered(record, event));
  forget(view, event);
}

/** Still open, or approved and not used yet. */
function gateOf({ summary: { gates, approvals } }: ChangingView, name: string): Gate | undefined {
  return gates.find(({ gate }) => gate === name) ?? approvals.find(({ gate }) => gate.gate === name)?.gate;
}

/** Notes a yes, and tells whether as many people as have to have said it. */
function isEnough({ summary }: ChangingView, gate: Gate, event: EventOf<"approval.granted">): boolean {
  const { at, actor, data } = event;
  summary.approvals.push({ gate, by: actor.id, at, useBy: data.useBy });
  const given = summary.approvals.filter((one) => one.gate.gate === gate.gate);
  return given.length >= (gate.approvals ?? 1);
}

/** It is no longer open, and but for a grant there is no approval of it that could be used. */
function forget({ summary }: ChangingView, event: GateAnswerEvent | EventOf<"approval.used">): void {
  summary.gates = summary.gates.filter(({ gate }) => gate !== event.data.gate);
  if (event.type !== "approval.granted")
    summary.approvals = summary.approvals.filter(({ gate }) => gate.gate !== event.data.gate);
}

function roleIn({ summary: { start } }: ChangingView, step: string): StateRole {
  return roleOfStep(step, (name) => start.steps.some((listed) => listed.step === name));
}

function noteOfStep(view: ChangingView, { step, covers = [] }: Gate, event: GateAnswerEvent): void {
  // At a write's own gate it is not done by being approved.
  if (covers.some(({ state }) => state === step)) return;
  const { type, at, rseq, artifacts } = event;
  const { state, role } = roleIn(view, step);
  if (role === "decide") {
    const skipped = type === "decision.made" && event.data.choice === "skip";
    if (skipped) changeStep(view, state, { status: "skipped" });
    return;
  }
  const isAnswered = type === "approval.granted" || type === "decision.made" || type === "input.given";
  changeStep(view, step, { status: isAnswered ? "succeeded" : "cancelled", endedAt: at, rseq, artifacts });
}
