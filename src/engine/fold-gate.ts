/** Folds the opening of gates and the answers to them. */
import type { Json } from "../model/json.ts";
import { change, drop, intend, misfit, move, type Event } from "./fold.ts";
import { pendingOfGate } from "./pending.ts";
import type { RunState } from "./state.ts";

export function opened(state: RunState, event: Event<"gate.opened">): RunState {
  const { step, kind } = event.data;
  const openings = { ...state.openings, [step]: (state.openings[step] ?? 0) + 1 };
  const next = kind === "inDoubt" ? doubted(state, event) : intendGate(state, event);
  return { ...next, openings };
}

function intendGate(state: RunState, event: Event<"gate.opened">): RunState {
  return intend(state, event, { id: event.data.step, type: "gate" }, { gate: event.data });
}

function doubted(state: RunState, event: Event<"gate.opened">): RunState {
  const pending = state.pending.get(event.data.step);
  if (pending?.type !== "step" || pending.started === null || pending.doubt?.answer === null)
    throw misfit(state, event, `\`${event.data.step}\` is not in doubt`);
  return change(state, { ...pending, doubt: { gate: event.data, answer: null } });
}

export function closed(state: RunState, event: Event<"gate.closed">): RunState {
  const { gate } = event.data;
  const gone = state.withdrawn.find((other) => other.type === "gate" && other.gate?.gate === gate);
  if (gone !== undefined) return drop(state, gone.id);
  const pending = pendingOfGate(state, gate);
  return pending?.type === "gate" ? change(state, { ...pending, gate: null }) : state;
}

type GateEvent = Event<"approval.granted" | "approval.denied" | "decision.made" | "input.given">;

export function answered(state: RunState, event: GateEvent, output: Json): RunState {
  const pending = gateAsked(state, event);
  const evidence = { ...state.evidence, [pending.id]: event.rseq };
  return move({ ...state, evidence }, event, { type: "done", id: pending.id, output });
}

export function decided(state: RunState, event: Event<"decision.made">): RunState {
  const { choice, reason, output } = event.data;
  const pending = gateAsked(state, event);
  if (pending.type === "step" && pending.doubt !== null)
    return change(state, { ...pending, doubt: { ...pending.doubt, answer: { choice, reason, output } } });
  return answered(state, event, { choice, reason, by: event.actor.id });
}

/** The open gate that an answer names, showing what the answer is bound to. */
function gateAsked(state: RunState, event: GateEvent): Exclude<ReturnType<typeof pendingOfGate>, undefined> {
  const { gate: name, digest } = event.data;
  const pending = pendingOfGate(state, name);
  if (pending === undefined) throw misfit(state, event, `gate \`${name}\` is not open`);
  const gate = pending.type === "gate" ? pending.gate : pending.doubt?.gate;
  if (gate?.digest !== digest) throw misfit(state, event, `gate \`${name}\` shows something else`);
  return pending;
}
