/** What the machine wants and has not got yet: pure questions about it, and how a transition changes it. */
import type { NamedTimer } from "../model/state-ids.ts";
import type { Want } from "./machine.ts";
import { revised, type Pending, type RunState } from "./state.ts";

type GatePending = Extract<Pending, { readonly type: "gate" }>;
export type PendingStep = Extract<Pending, { readonly type: "step" }>;

/** Names the recorded intent behind a pending; null before there is one. Another intent under the same id is other work. */
export function intentOf(pending: Pending): string | null {
  switch (pending.type) {
    case "step":
      if (pending.started === null) return askedAt(pending.permission);
      return `${pending.started.key}/${pending.started.attempt}`;
    case "gate":
      return pending.gate?.gate ?? null;
    case "child":
      return pending.run;
    case "timer":
      return pending.due;
  }
}

/** What was said no to is no longer asked. */
function askedAt(permission: PendingStep["permission"]): string | null {
  return permission === null || permission.denied !== null ? null : permission.gate.gate;
}

export function hasIntent(pending: Pending): boolean {
  return intentOf(pending) !== null;
}

/** Whether a cancelled run still does what its runbook says about that; when this throws, nothing is left to do. */
export function cleansUp({ cleaning, fault }: Pick<RunState, "cleaning" | "fault">): boolean {
  return cleaning && fault === null;
}

/** A run that is being cancelled ends although it was parked. */
export function isParked({ fault, cancel, end }: RunState): boolean {
  return fault !== null && cancel === null && end === null;
}

/** Whether it takes time to end although the machine no longer wants it, and must not be forgotten meanwhile. */
export function mayOutlast(gone: Pending): boolean {
  if (gone.type !== "step") return gone.type === "child";
  return gone.step.effect === "write" && gone.started !== null;
}

/** The pending whose gate has this name. */
export function pendingOfGate(
  { pending }: Pick<RunState, "pending">,
  gate: string,
): Extract<Pending, { readonly type: "gate" | "step" }> | undefined {
  for (const candidate of pending.values()) {
    if (candidate.type === "gate" && candidate.gate?.gate === gate) return candidate;
    if (candidate.type === "step" && candidate.doubt?.gate.gate === gate) return candidate;
    if (candidate.type === "step" && candidate.permission?.gate.gate === gate) return candidate;
  }
  return undefined;
}

/** The gate at which something that the machine wants is asked about, and what people have said there. */
export function approvalOf(pending: Pending): Pick<GatePending, "gate" | "granted" | "partly"> | null {
  if (pending.type === "gate") return pending;
  return pending.type === "step" ? pending.permission : null;
}

/** How events name a timer. */
export function timerNamed({ id, belongsTo }: Extract<Pending, { readonly type: "timer" }>): NamedTimer {
  return { timer: id, ...belongsTo };
}

/** The state after a transition asked for this. */
export function takeWants(state: RunState, wants: readonly Want[]): RunState {
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
  return revised(state, { pending, withdrawn });
}

function toPending(want: Extract<Want, { readonly type: "invoke" | "arm" }>): Pending {
  const { id } = want;
  if (want.type === "arm") {
    const { belongsTo, delay, event } = want;
    return { type: "timer", id, belongsTo, delay, event, due: null };
  }
  const { what, input } = want;
  if (what.type === "child") return { type: "child", id, runbook: what.runbook, input, run: null };
  if (what.step.effect === "human")
    return { type: "gate", id, step: what.step, input, gate: null, granted: null, partly: [] };
  const fresh = { started: null, key: null, doubt: null, permission: null };
  return { type: "step", id, step: what.step, input, ...fresh };
}
