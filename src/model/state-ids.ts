/**
 * The names by which a record speaks of a state and of what the compiler makes inside it. Only this file makes and
 * reads them; everybody else is given a state and its role.
 *
 * An invocation is named after its state, the decision after a failure `STATE.decide`, a gate as its step with `#2` from
 * its second opening on. A timer has the name that xstate gives it: new events say beside it what it is for, because that
 * cannot always be read out of the name. Names never change: the events of a run refer to each other by them.
 */

/** What something is for in its state. */
export type Role =
  /** What the state is there for: its step, gate, form or child run. */
  | "attempt"
  /** The pause before the next attempt. */
  | "backoff"
  /** The decision of a person after a failure. */
  | "decide"
  /** The wait of a state that waits. */
  | "wait";

/** A state of the runbook's file, and what something is for in it. */
export interface StateRole {
  readonly state: string;
  readonly role: Role;
}

const deciding = ".decide";
const pausing = ".backoff";

/** The name of the decision after a failure. */
export function decisionId(state: string): string {
  return `${state}${deciding}`;
}

/** The name of the delay that says how long the pause before the next attempt is. */
export function backoffDelay(state: string): string {
  return `${state}${pausing}`;
}

/** The name of the node where a branch of a parallel state ends. */
export function branchEnd(branch: string): string {
  return `${branch}:done`;
}

/** The name of a node of a machine by the keys from the root to it. */
export function nestedId(path: readonly string[]): string {
  return path.join(".");
}

/** The last key of such a name. */
export function lastKey(id: string): string {
  return id.slice(id.lastIndexOf(".") + 1);
}

/** The state and role behind the `step` of an event; a step that the runbook lists is a state, whatever it is called. */
export function roleOfStep(step: string, isListed: (step: string) => boolean): StateRole {
  if (!step.endsWith(deciding) || isListed(step)) return { state: step, role: "attempt" };
  return { state: step.slice(0, -deciding.length), role: "decide" };
}

/** The name of a gate of a step at its first, second, ... opening. */
export function gateId(step: string, opening: number): string {
  return opening === 1 ? step : `${step}#${opening}`;
}

/** The step that a gate belongs to. */
export function stepOfGate(gate: string): string {
  return gate.replace(/#\d+$/, "");
}

/** What an event says about a timer; older records have only the name. */
export interface NamedTimer extends Partial<StateRole> {
  readonly timer: string;
}

/** The state and role of a timer: as its event says, or else as its name tells. */
export function roleOfTimer({ timer, state, role }: NamedTimer): StateRole {
  if (state !== undefined && role !== undefined) return { state, role };
  return waitNamed(timer) ?? { state: keyOfTimer(timer), role: timer.endsWith(pausing) ? "backoff" : "wait" };
}

/** The timer of a state that waits has the state's name twice: `xstate.after.watch.watch`. */
function waitNamed(timer: string): StateRole | null {
  const names = /^xstate\.after\.(.+)\.\1$/su.exec(timer);
  return names?.[1] === undefined ? null : { state: names[1], role: "wait" };
}

/** Of `xstate.after.1000.RUNBOOK.plan.backoff` it is `plan`. */
function keyOfTimer(timer: string): string {
  const keys = timer.split(".").filter((key) => key !== "backoff");
  return keys.at(-1) ?? timer;
}
