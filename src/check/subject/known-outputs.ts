/** Which outputs are there on which paths: the machine is walked with nothing in mind but the outputs that are asked about. */
import {
  below,
  transitionsOf,
  wayOf,
  type Exit,
  type MachineNode,
  type MachineState,
  type MachineTransition,
} from "../../graph/machine-states.ts";
import { triggerOf } from "../../runbook/event-types.ts";
import type { TransitionKind } from "../../runbook/transition-labels.ts";
import type { RunbookUnderCheck } from "./runbook-under-check.ts";

/** That a state has an output (`state:plan`), or that some state of a step kind has one (`kind:terraform.plan`). */
export type OutputKey = `state:${string}` | `kind:${string}`;

/** One way to have arrived at a place: what is known there, and by which path. */
export interface Arrival {
  readonly state: string;
  readonly known: ReadonlySet<OutputKey>;
  readonly from: Arrival | null;
}

/** The places on the way to an arrival, in order. */
export function pathOf(arrival: Arrival): readonly string[] {
  const path: string[] = [];
  for (let at: Arrival | null = arrival; at !== null; at = at.from) path.unshift(at.state);
  return path;
}

/** The ways on which a step's output is stored. */
const storing: readonly TransitionKind[] = [
  "next",
  "route",
  "approved",
  "rejected",
  "option",
  "event",
  "timer",
];

/** What taking an exit makes known: the outputs that its assignments store, or those of all regions that are done. */
export function outputsStoredBy({ transition, way }: Exit): readonly OutputKey[] {
  if (!storing.includes(way)) return [];
  const { source, eventType } = transition;
  const isJoin = source.type === "parallel" && triggerOf(eventType).type === "ended";
  return [...storedBy(transition), ...(isJoin ? Object.values(source.states).flatMap(outputsOfRegion) : [])];
}

/** A region whose step may be skipped or rescued promises nothing. */
function outputsOfRegion(region: MachineNode): readonly OutputKey[] {
  const inside = [region, ...below(region)].flatMap(transitionsOf);
  const isSure = !inside.some((one) => ["skip", "rescue"].includes(wayOf(one)) && one.meta !== undefined);
  return isSure ? inside.filter((one) => storing.includes(wayOf(one))).flatMap(storedBy) : [];
}

function storedBy({ actions }: MachineTransition): readonly OutputKey[] {
  return actions.flatMap((action) => {
    if (typeof action !== "function" || !("assignment" in action)) return [];
    return [...stored(action.assignment, "outputs", "state"), ...stored(action.assignment, "latest", "kind")];
  });
}

const emptyContext = { input: {}, outputs: {}, latest: {}, failures: {}, skipped: {}, tries: {} };

function stored(
  assignment: unknown,
  field: "outputs" | "latest",
  kind: "state" | "kind",
): readonly OutputKey[] {
  if (typeof assignment !== "object" || assignment === null || !(field in assignment)) return [];
  const assign: unknown = Reflect.get(assignment, field);
  if (typeof assign !== "function") return [];
  try {
    const made: unknown = Reflect.apply(assign, undefined, [
      { context: emptyContext, event: { output: {} } },
    ]);
    return typeof made === "object" && made !== null
      ? Object.keys(made).map((name): OutputKey => `${kind}:${name}`)
      : [];
  } catch {
    // A machine made by hand keeps its outputs as it likes.
    return [];
  }
}

/** Every arrival at every place, told apart only by the facts in `relevant`; the shortest path to each. */
export function arrivals(
  subject: RunbookUnderCheck,
  relevant: ReadonlySet<OutputKey>,
): ReadonlyMap<string, readonly Arrival[]> {
  const first: Arrival = { state: subject.initial, known: new Set(), from: null };
  const all = new Map<string, Arrival>([[keyOf(first), first]]);
  for (const arrival of all.values()) {
    const state = subject.stateById.get(arrival.state);
    for (const next of state === undefined ? [] : onward(state, arrival, relevant)) {
      const key = keyOf(next);
      if (!all.has(key)) all.set(key, next);
    }
  }
  const grouped = new Map<string, Arrival[]>();
  for (const arrival of all.values()) {
    const there = grouped.get(arrival.state);
    if (there === undefined) grouped.set(arrival.state, [arrival]);
    else there.push(arrival);
  }
  return grouped;
}

function onward(state: MachineState, arrival: Arrival, relevant: ReadonlySet<OutputKey>): readonly Arrival[] {
  const { known } = arrival;
  return state.exits.flatMap((exit) => {
    const made = cachedOutputs(exit).filter((fact) => relevant.has(fact));
    const after = made.length === 0 ? known : new Set([...known, ...made]);
    return exit.to.map((to) => ({ state: to, known: after, from: arrival }));
  });
}

const cache = new WeakMap<Exit, readonly OutputKey[]>();

function cachedOutputs(exit: Exit): readonly OutputKey[] {
  const made = cache.get(exit) ?? outputsStoredBy(exit);
  cache.set(exit, made);
  return made;
}

function keyOf({ state, known }: Arrival): string {
  return [state, ...[...known].toSorted()].join(" ");
}
