/** Folds the opening of gates and the answers to them. */
import type { Json } from "../model/json.ts";
import { change, drop, intend, misfit, move, type FoldableOf } from "./fold.ts";
import { pendingOfGate } from "./pending.ts";
import type { RunbookError } from "../model/error.ts";
import { revised, type GrantedApproval, type RunState } from "./state.ts";

export function opened(state: RunState, event: FoldableOf<"gate.opened">): RunState {
  const { step, kind } = event.data;
  const openings = state.openings.with(step, (state.openings.get(step) ?? 0) + 1);
  const next = kind === "inDoubt" ? doubted(state, event) : intendGate(state, event);
  return revised(next, { openings });
}

function intendGate(state: RunState, event: FoldableOf<"gate.opened">): RunState {
  return intend(state, event, { id: event.data.step, type: "gate" }, { gate: event.data });
}

function doubted(state: RunState, event: FoldableOf<"gate.opened">): RunState {
  const pending = state.pending.get(event.data.step);
  if (pending?.type !== "step" || pending.started === null || pending.doubt?.answer === null)
    throw misfit(state, event, `\`${event.data.step}\` is not in doubt`);
  return change(state, { ...pending, doubt: { gate: event.data, answer: null } });
}

export function closed(state: RunState, event: FoldableOf<"gate.closed">): RunState {
  const { gate } = event.data;
  const gone = state.withdrawn.find((other) => other.type === "gate" && other.gate?.gate === gate);
  if (gone !== undefined) return drop(state, gone.id);
  const pending = pendingOfGate(state, gate);
  return pending?.type === "gate" ? change(state, { ...pending, ...unasked }) : state;
}

/**
 * Whether the run has gone on without what a person answers here: another branch led it away, or it was cancelled and
 * cleans up, before any engine could close the gate. The answer is kept, and nothing comes of it.
 */
export function comesTooLate({ withdrawn }: RunState, { data: { gate, digest } }: GateChange): boolean {
  return withdrawn.some((gone) => {
    const asked = gone.type === "gate" ? gone.gate : gone.type === "step" ? gone.doubt?.gate : null;
    return asked?.gate === gate && asked.digest === digest;
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
      return answered(state, event, { approved: false, by: actor.id, reason: data.reason });
    case "approval.revoked":
      return revoked(state, event);
    case "decision.made":
      return decided(state, event);
    case "input.given":
      return answered(state, event, { values: data.values, by: actor.id });
  }
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
  if (pending.type !== "gate" || pending.granted !== null)
    throw misfit(state, event, `\`${event.data.gate}\` does not wait for an approval`);
  const { reason, useBy } = event.data;
  const partly = [...pending.partly, { by: event.actor.id, reason, useBy, rseq: event.rseq }];
  const isEnough = partly.length >= (pending.gate?.approvals ?? 1);
  return change(state, isEnough ? { ...pending, granted: together(partly) } : { ...pending, partly });
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

/** A gate that has to be opened anew. */
const unasked = { gate: null, granted: null, partly: [] } as const;

function revoked(state: RunState, event: FoldableOf<"approval.revoked">): RunState {
  const pending = gateAsked(state, event);
  if (pending.type !== "gate" || (pending.granted === null && pending.partly.length === 0))
    throw unapproved(state, event);
  return change(state, { ...pending, ...unasked });
}

export function used(state: RunState, event: FoldableOf<"approval.used">): RunState {
  const { id, granted: grant } = approved(state, event);
  const output = { approved: true, by: grant.by, reason: grant.reason };
  return settled(state, event, { id, output, rseq: grant.rseq });
}

/** The gate whose approval was granted and not used yet. */
function approved(state: RunState, event: FoldableOf<"approval.used">) {
  const pending = gateAsked(state, event);
  if (pending.type === "gate" && pending.granted !== null) return { ...pending, granted: pending.granted };
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
  const gate = pending.type === "gate" ? pending.gate : pending.doubt?.gate;
  if (gate?.digest !== digest) throw misfit(state, event, `gate \`${name}\` shows something else`);
  return pending;
}
