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
import type { Way } from "../../runbook/ways.ts";
import type { Subject } from "./subject.ts";

/** That a state has an output (`state:plan`), or that some state of a step kind has one (`kind:terraform.plan`). */
export type Fact = `state:${string}` | `kind:${string}`;

/** One way to have arrived at a place: what is known there, and by which path. */
export interface Arrival {
  readonly place: string;
  readonly known: ReadonlySet<Fact>;
  readonly from: Arrival | null;
}

/** The places on the way to an arrival, in order. */
export function pathOf(arrival: Arrival): readonly string[] {
  const path: string[] = [];
  for (let at: Arrival | null = arrival; at !== null; at = at.from) path.unshift(at.place);
  return path;
}

/** The ways on which a step's output is stored. */
const storing: readonly Way[] = ["next", "route", "approved", "rejected", "option", "event", "timer"];

/** What taking an exit makes known: the outputs that its assignments store, or those of all regions that are done. */
export function factsOf({ transition, way }: Exit): readonly Fact[] {
  if (!storing.includes(way)) return [];
  const { source, eventType } = transition;
  const isJoin = source.type === "parallel" && triggerOf(eventType).type === "ended";
  return [...storedBy(transition), ...(isJoin ? Object.values(source.states).flatMap(regionFacts) : [])];
}

/** A region whose step may be skipped or rescued promises nothing. */
function regionFacts(region: MachineNode): readonly Fact[] {
  const inside = [region, ...below(region)].flatMap(transitionsOf);
  const isSure = !inside.some((one) => ["skip", "rescue"].includes(wayOf(one)) && one.meta !== undefined);
  return isSure ? inside.filter((one) => storing.includes(wayOf(one))).flatMap(storedBy) : [];
}

function storedBy({ actions }: MachineTransition): readonly Fact[] {
  return actions.flatMap((action) => {
    if (typeof action !== "function" || !("assignment" in action)) return [];
    return [...stored(action.assignment, "outputs", "state"), ...stored(action.assignment, "latest", "kind")];
  });
}

const nothing = { input: {}, outputs: {}, latest: {}, failures: {}, skipped: {}, tries: {} };

function stored(assignment: unknown, field: "outputs" | "latest", kind: "state" | "kind"): readonly Fact[] {
  if (typeof assignment !== "object" || assignment === null || !(field in assignment)) return [];
  const assign: unknown = Reflect.get(assignment, field);
  if (typeof assign !== "function") return [];
  try {
    const made: unknown = Reflect.apply(assign, undefined, [{ context: nothing, event: { output: {} } }]);
    return typeof made === "object" && made !== null
      ? Object.keys(made).map((name): Fact => `${kind}:${name}`)
      : [];
  } catch {
    // A machine made by hand keeps its outputs as it likes.
    return [];
  }
}

/** Every arrival at every place, told apart only by the facts in `relevant`; the shortest path to each. */
export function arrivals(
  subject: Subject,
  relevant: ReadonlySet<Fact>,
): ReadonlyMap<string, readonly Arrival[]> {
  const first: Arrival = { place: subject.initial, known: new Set(), from: null };
  const all = new Map<string, Arrival>([[keyOf(first), first]]);
  for (const arrival of all.values()) {
    const place = subject.at.get(arrival.place);
    for (const next of place === undefined ? [] : onward(place, arrival, relevant)) {
      const key = keyOf(next);
      if (!all.has(key)) all.set(key, next);
    }
  }
  const grouped = new Map<string, Arrival[]>();
  for (const arrival of all.values()) {
    const there = grouped.get(arrival.place);
    if (there === undefined) grouped.set(arrival.place, [arrival]);
    else there.push(arrival);
  }
  return grouped;
}

function onward(place: MachineState, arrival: Arrival, relevant: ReadonlySet<Fact>): readonly Arrival[] {
  const { known } = arrival;
  return place.exits.flatMap((exit) => {
    const made = madeBy(exit).filter((fact) => relevant.has(fact));
    const after = made.length === 0 ? known : new Set([...known, ...made]);
    return exit.to.map((to) => ({ place: to, known: after, from: arrival }));
  });
}

const cache = new WeakMap<Exit, readonly Fact[]>();

function madeBy(exit: Exit): readonly Fact[] {
  const made = cache.get(exit) ?? factsOf(exit);
  cache.set(exit, made);
  return made;
}

function keyOf({ place, known }: Arrival): string {
  return [place, ...[...known].toSorted()].join(" ");
}
