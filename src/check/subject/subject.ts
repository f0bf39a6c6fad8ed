import { ownInvocations, machineStates, type Exit, type MachineState } from "../../graph/machine-states.ts";
import type { Way } from "../../runbook/ways.ts";
import type { Runbook } from "../../runbook/types.ts";

/** A runbook as the rules look at it. */
export interface Subject {
  readonly runbook: Runbook;
  readonly initial: string;
  readonly places: readonly MachineState[];
  readonly at: ReadonlyMap<string, MachineState>;
}

export function subjectOf(runbook: Runbook): Subject {
  const { initial, places } = machineStates(runbook);
  return { runbook, initial, places, at: new Map(places.map((place) => [place.id, place])) };
}

/** Whether the run is over there. */
export function isEnd({ node }: MachineState): boolean {
  return node.type === "final" && node.path.length === 1;
}

/** Whether a run that ends there has succeeded, as far as its states tell. */
export function isGoodEnd(place: MachineState): boolean {
  return isEnd(place) && place.id !== "failed" && place.id !== "cancelled";
}

/** Whether a person has to act before the run leaves the place. */
export function isHuman(place: MachineState): boolean {
  return ownInvocations(place).some(({ what }) => what?.type === "step" && what.step.effect === "human");
}

const byHand: readonly Way[] = ["again", "skip", "cancel", "cleanup"];

/** Whether the author sent the run this way, and not a person at a failed step. */
export function isOrdinary({ way }: Exit): boolean {
  return !byHand.includes(way);
}

/** What can be reached: each place with the one before it on the shortest way, and the beginning with null. */
export type Reached = ReadonlyMap<string, string | null>;

/** The places that can be reached from `from`, itself included. */
export function reached(
  { at }: Subject,
  from: string,
  goes: (place: MachineState, exit: Exit) => boolean,
): Reached {
  const before = new Map<string, string | null>([[from, null]]);
  // A map hands out what is added to it while it is walked through.
  for (const id of before.keys()) {
    const place = at.get(id);
    const open = place?.exits.filter((exit) => goes(place, exit)) ?? [];
    for (const to of open.flatMap((exit) => exit.to)) if (!before.has(to)) before.set(to, id);
  }
  return before;
}

/** The shortest way to a place that was reached, as ids in order. */
export function wayTo(before: Reached, id: string): readonly string[] {
  const way: string[] = [];
  for (let at: string | null | undefined = id; typeof at === "string"; at = before.get(at)) way.unshift(at);
  return way;
}

/** `look, then ask, then act`; a long path only with its beginning and end. */
export function pathWords(path: readonly string[]): string {
  const shown = path.length > 8 ? [...path.slice(0, 3), "...", ...path.slice(-4)] : path;
  return shown.map((id) => (id === "..." ? id : `\`${id}\``)).join(" -> ");
}
