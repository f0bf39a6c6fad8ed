/** Folds the opening of gates and the answers to them. */
import type { Json } from "../model/json.ts";
import { change, drop, intend, misfit, move, type FoldableOf } from "./fold.ts";
import { approvalOf, pendingOfGate, type PendingStep } from "./pending.ts";
import type { RunbookError } from "../model/error.ts";
import { revised, type GrantedApproval, type Pending, type RunState } from "./state.ts";

export function opened(state: RunState, event: FoldableOf<"gate.opened">): RunState {
  const { step, kind } = event.data;
  const openings = state.openings.with(step, (state.openings.get(step) ?? 0) + 1);
  const next = kind === "inDoubt" ? doubted(state, event) : intendGate(state, event);
  return revised(next, { openings });
}

function intendGate(state: RunState, event: FoldableOf<"gate.opened">): RunState {
  const pending = state.pending.get(event.data.step);
  if (pending?.type === "step") return asked(state, event, pending);
  return intend(state, event, { id: event.data.step, type: "gate" }, { gate: event.data });
}

/** A write that nothing allows asks for itself, before it begins. */
function asked(state: RunState, event: FoldableOf<"gate.opened">, pending: PendingStep): RunState {
  if (pending.started !== null || pending.permission !== null)
    throw misfit(state, event, `\`${pending.id}\` does not wait for an approval`);
  const permission = { gate: event.data, granted: null, partly: [], denied: null };
  return change(state, { ...pending, permission });
}

function doubted(state: RunState, event: FoldableOf<"gate.opened">): RunState {
  const pending = state.pending.get(event.data.step);
  if (pending?.type !== "step" || pending.started === null || pending.doubt?.answer === null)
    throw misfit(state, event, `\`${event.data.step}\` is not in doubt`);
  return change(state, { ...pending, doubt: { gate: event.data, answer: null } });
}

export function closed(state: RunState, event: FoldableOf<"gate.closed">): RunState {
  const { gate } = event.data;
  const gone = state.withdrawn.find((other) => approvalOf(other)?.gate?.gate === gate);
  if (gone !== undefined) return drop(state, gone.id);
  const pending = pendingOfGate(state, gate);
  return pending === undefined ? state : unasked(state, pending);
}

/**
 * Whether the run has gone on without what a person answers here: another branch led it away, or it was cancelled and
 * cleans up, before any engine could close the gate. The answer is kept, and nothing comes of it.
 */
export function comesTooLate({ withdrawn }: RunState, { data: { gate, digest } }: GateChange): boolean {
  return withdrawn.some((gone) => {
    const doubt = gone.type === "step" ? gone.doubt?.gate : null;
    const open = doubt ?? approvalOf(gone)?.gate;
    return open?.gate === gate && open.digest === digest;
  });
}

type DecidingAnswer = FoldableOf<"approval.denied" | "decision.made" | "input.given">;
type GateChange = DecidingAnswer | FoldableOf<"approval.granted" | "approval.revoked" | "approval.used">;

/** A person's answer to a gate that is open. */
export function foldAnswer(
  state: RunState,
  event: DecidingAnswer | FoldableOf<"approval.granted" | "approval.revoked">,
): RunState {
  const { type, data, actor } = event;
  switch (type) {
    case "approval.granted":
      return granted(state, event);
    case "approval.denied":
      return (
        denied(state, event) ?? answered(state, event, { approved: false, by: actor.id, reason: data.reason })
      );
    case "approval.revoked":
      return revoked(state, event);
    case "decision.made":
      return decided(state, event);
    case "input.given":
      return answered(state, event, { values: data.values, by: actor.id });
  }
}

/** What is said no to at a write's own gate is the write; null where it is a gate of the runbook. */
function denied(state: RunState, event: FoldableOf<"approval.denied">): RunState | null {
  const pending = gateAsked(state, event);
  if (pending.type !== "step" || pending.permission === null) return null;
  const said = { by: event.actor.id, reason: event.data.reason };
  return change(state, { ...pending, permission: { ...pending.permission, denied: said } });
}

function answered(state: RunState, event: DecidingAnswer, output: Json): RunState {
  const pending = gateAsked(state, event);
  return settled(state, event, { id: pending.id, output, rseq: event.rseq });
}

interface GateResult {
  readonly id: string;
  readonly output: Json;
  /** Of the event that decided it. */
  readonly rseq: number;
}

function settled(state: RunState, event: GateChange, { id, output, rseq }: GateResult): RunState {
  const evidence = state.evidence.with(id, rseq);
  return move(revised(state, { evidence }), event, { type: "done", id, output });
}

/** A grant alone moves nothing: until the engine uses it, it may expire or be revoked. */
function granted(state: RunState, event: FoldableOf<"approval.granted">): RunState {
  const pending = gateAsked(state, event);
  const open = approvalOf(pending);
  if (open === null || open.granted !== null || open.gate === null)
    throw misfit(state, event, `\`${event.data.gate}\` does not wait for an approval`);
  const { reason, useBy } = event.data;
  const partly = [...open.partly, { by: event.actor.id, reason, useBy, rseq: event.rseq }];
  const isEnough = partly.length >= (open.gate.approvals ?? 1);
  const news = isEnough ? { granted: together(partly) } : { partly };
  if (pending.type === "gate") return change(state, { ...pending, ...news });
  const { permission } = pending;
  return change(state, { ...pending, permission: permission === null ? null : { ...permission, ...news } });
}

/** Several people's approvals are one: usable as long as each of them is. */
function together(grants: readonly GrantedApproval[]): GrantedApproval {
  const due = grants.flatMap(({ useBy }) => useBy ?? []);
  return {
    by: grants.map(({ by }) => by).join(", "),
    reason: grants.flatMap(({ reason }) => (reason === "" ? [] : [reason])).join("; "),
    useBy: due.toSorted()[0] ?? null,
    rseq: grants.at(-1)?.rseq ?? 0,
  };
}

/** Has it asked anew. */
function unasked(state: RunState, pending: Extract<Pending, { readonly type: "gate" | "step" }>): RunState {
  if (pending.type === "gate") return change(state, { ...pending, gate: null, granted: null, partly: [] });
  return pending.permission === null ? state : change(state, { ...pending, permission: null });
}

function revoked(state: RunState, event: FoldableOf<"approval.revoked">): RunState {
  const pending = gateAsked(state, event);
  const open = approvalOf(pending);
  if (open === null || (open.granted === null && open.partly.length === 0)) throw unapproved(state, event);
  return unasked(state, pending);
}

export function used(state: RunState, event: FoldableOf<"approval.used">): RunState {
  const { id, type, granted: grant } = approved(state, event);
  // The intent of the write, stored with it, is what moves the run.
  if (type === "step") return state;
  const output = { approved: true, by: grant.by, reason: grant.reason };
  return settled(state, event, { id, output, rseq: grant.rseq });
}

/** The gate whose approval was granted and not used yet. */
function approved(state: RunState, event: FoldableOf<"approval.used">) {
  const { id, type, ...pending } = gateAsked(state, event);
  const grant = approvalOf({ id, type, ...pending } as Pending)?.granted ?? null;
  if (grant !== null) return { id, type, granted: grant };
  throw unapproved(state, event);
}

function unapproved(state: RunState, event: GateChange): RunbookError {
  return misfit(state, event, `gate \`${event.data.gate}\` has no approval that could be used`);
}

function decided(state: RunState, event: FoldableOf<"decision.made">): RunState {
  const { choice, reason, output } = event.data;
  const pending = gateAsked(state, event);
  if (pending.type === "step" && pending.doubt !== null)
    return change(state, { ...pending, doubt: { ...pending.doubt, answer: { choice, reason, output } } });
  return answered(state, event, { choice, reason, by: event.actor.id });
}

/** The open gate that an answer names, showing what the answer is bound to. */
function gateAsked(state: RunState, event: GateChange): Exclude<ReturnType<typeof pendingOfGate>, undefined> {
  const { gate: name, digest } = event.data;
  const pending = pendingOfGate(state, name);
  if (pending === undefined) throw misfit(state, event, `gate \`${name}\` is not open`);
  const gate = (pending.type === "step" ? pending.doubt?.gate : null) ?? approvalOf(pending)?.gate;
  if (gate?.digest !== digest) throw misfit(state, event, `gate \`${name}\` shows something else`);
  return pending;
}
