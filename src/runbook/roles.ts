import type { AnyStateMachine, AnyStateNode } from "xstate";
import type { Role, StateRole } from "../model/state-ids.ts";

/** What the compiler writes on a node that it makes inside a state, for whoever reads the machine. */
export function marked(state: string, role: Role): { readonly meta: { readonly inside: StateRole } } {
  return { meta: { inside: { state, role } } };
}

/** Which state the compiler made a node inside of, and what for; null of a node that an author named. */
export function roleInside({ meta }: AnyStateNode): StateRole | null {
  // Only `marked` writes this.
  return (meta as { readonly inside?: StateRole } | undefined)?.inside ?? null;
}

/** Whether a node is a state inside of which the compiler made others: it runs a step or a child runbook. */
export function isCompiled({ states }: AnyStateNode): boolean {
  return Object.values<AnyStateNode>(states).some((inner) => roleInside(inner) !== null);
}

const known = new WeakMap<AnyStateMachine, ReadonlyMap<string, StateRole>>();

/** The timers of a machine by their names: which state each belongs to, and what it is for. */
export function timerRoles(machine: AnyStateMachine): ReadonlyMap<string, StateRole> {
  const found = known.get(machine) ?? new Map(timersIn(machine.root));
  known.set(machine, found);
  return found;
}

function timersIn(node: AnyStateNode): readonly (readonly [string, StateRole])[] {
  const role = roleInside(node) ?? { state: node.key, role: "wait" };
  const own = node.after.map(({ eventType }) => [eventType, role] as const);
  return [...own, ...Object.values<AnyStateNode>(node.states).flatMap(timersIn)];
}
