import { ownInvocations, machineStates, type Exit, type MachineState } from "../../graph/machine-states.ts";
import type { TransitionKind } from "../../runbook/transition-labels.ts";
import type { Runbook } from "../../runbook/types.ts";

/** A runbook as the rules look at it. */
export interface RunbookUnderCheck {
  readonly runbook: Runbook;
  readonly initial: string;
  readonly states: readonly MachineState[];
  readonly stateById: ReadonlyMap<string, MachineState>;
}

export function underCheck(runbook: Runbook): RunbookUnderCheck {
  const { initial, places: states } = machineStates(runbook);
  return { runbook, initial, states, stateById: new Map(states.map((state) => [state.id, state])) };
}

/** Whether the run is over there. */
export function isEnd({ node }: MachineState): boolean {
  return node.type === "final" && node.path.length === 1;
}

/** Whether a run that ends there has succeeded, as far as its states tell. */
export function isGoodEnd(state: MachineState): boolean {
  return isEnd(state) && state.id !== "failed" && state.id !== "cancelled";
}

/** Whether a person has to act before the run leaves the place. */
export function isHuman(state: MachineState): boolean {
  return ownInvocations(state).some(({ what }) => what?.type === "step" && what.step.effect === "human");
}

const byHand: readonly TransitionKind[] = ["again", "skip", "cancel", "cleanup"];

/** Whether the author sent the run this way, and not a person at a failed step. */
export function isOrdinary({ way }: Exit): boolean {
  return !byHand.includes(way);
}

/** What can be reached: each place with the one before it on the shortest way, and the beginning with null. */
export type ReachedFrom = ReadonlyMap<string, string | null>;

/** The places that can be reached from `from`, itself included. */
export function reachedFrom(
  { stateById }: RunbookUnderCheck,
  from: string,
  goes: (state: MachineState, exit: Exit) => boolean,
): ReachedFrom {
  const before = new Map<string, string | null>([[from, null]]);
  // A map hands out what is added to it while it is walked through.
  for (const id of before.keys()) {
    const state = stateById.get(id);
    const open = state?.exits.filter((exit) => goes(state, exit)) ?? [];
    for (const to of open.flatMap((exit) => exit.to)) if (!before.has(to)) before.set(to, id);
  }
  return before;
}

/** The shortest way to a place that was reached, as ids in order. */
export function wayTo(before: ReachedFrom, id: string): readonly string[] {
  const way: string[] = [];
  for (let at: string | null | undefined = id; typeof at === "string"; at = before.get(at)) way.unshift(at);
  return way;
}

/** `look, then ask, then act`; a long path only with its beginning and end. */
export function pathWords(path: readonly string[]): string {
  const shown = path.length > 8 ? [...path.slice(0, 3), "...", ...path.slice(-4)] : path;
  return shown.map((id) => (id === "..." ? id : `\`${id}\``)).join(" -> ");
}
