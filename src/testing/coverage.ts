import type { TurnWatcher } from "../engine/run-tree.ts";
import type { RunState } from "../engine/state.ts";
import type { Draft, EventType } from "../model/event.ts";
import { graphOf, type GraphEdge, type Graph } from "../graph/graph.ts";
import { machineStates } from "../graph/machine-states.ts";
import type { Runbook } from "../runbook/types.ts";
import type { TransitionKind } from "../runbook/transition-labels.ts";

/** How much of one kind of thing the paths have been to. */
export interface Share {
  readonly covered: readonly string[];
  readonly missing: readonly string[];
}

/** Each thing by its runbook: `redis-sg/apply`, or `redis-sg/plan -route-> failed`. */
export interface Coverage {
  readonly states: Share;
  /** Next states, routes and timers. */
  readonly ways: Share;
  readonly rescues: Share;
  /** What people may decide: approve or reject, an option, again, skip. */
  readonly decisions: Share;
  /** All of the above that no path has been to. */
  readonly missing: readonly string[];
}

const decisions: ReadonlySet<TransitionKind> = new Set(["approved", "rejected", "option", "again", "skip"]);

/** Which ways an event can be the taking of. */
const kindsByEvent: Readonly<Partial<Record<EventType, ReadonlySet<TransitionKind>>>> = {
  "step.succeeded": new Set(["next", "route"]),
  "step.failed": new Set(["rescue", "next"]),
  "child.ended": new Set(["next", "route", "rescue"]),
  "approval.granted": new Set(["approved"]),
  "approval.used": new Set(["approved"]),
  "approval.denied": new Set(["rejected"]),
  "decision.made": new Set(["option", "again", "skip"]),
  "input.given": new Set(["next", "route"]),
  "timer.fired": new Set(["timer", "retry"]),
};

interface CoverageMap {
  readonly graph: Graph;
  /** The place of each node of the machine, by the node's id. */
  readonly placeOf: ReadonlyMap<string, string>;
  /** The places in which no run ever stands: branches. */
  readonly passing: ReadonlySet<string>;
}

interface Visited {
  readonly states: Set<string>;
  readonly edges: Set<GraphEdge>;
}

/** Follows the walk and notes where it has been. */
export function createCoverage(runbook: Runbook): {
  readonly note: TurnWatcher;
  readonly told: () => Coverage;
} {
  const known = new Map([...runbook.family.values()].map((member) => [member.id, coverageMapOf(member)]));
  const seen: Visited = { states: new Set(), edges: new Set() };

  function note(draft: Draft, before: RunState | undefined, after: RunState): void {
    const { id } = after.runbook;
    const own = known.get(id);
    if (own === undefined || before?.snapshot === after.snapshot) return;
    const to = activeStates(own, after);
    for (const place of to) seen.states.add(`${id}/${place}`);
    if (before === undefined) return;
    const from = activeStates(own, before);
    const ways = kindsByEvent[draft.type];
    const first = own.graph.edges.filter((edge) => ways?.has(edge.way) === true && from.has(edge.from));
    for (const edge of first.flatMap((one) => through(own, one, to))) {
      seen.edges.add(edge);
      if (own.passing.has(edge.to)) seen.states.add(`${id}/${edge.to}`);
    }
  }

  return { note, told: () => coverageFrom(known, seen) };
}

function coverageMapOf(runbook: Runbook): CoverageMap {
  const { places } = machineStates(runbook);
  return {
    graph: graphOf(runbook),
    placeOf: new Map(places.map(({ node, id }) => [node.id, id])),
    passing: new Set(places.filter(({ node }) => node.always !== undefined).map(({ id }) => id)),
  };
}

/** An edge and those behind it, when it leads to where the run stands now, by places where it never stands. */
function through(
  own: CoverageMap,
  edge: GraphEdge,
  to: ReadonlySet<string>,
  passed: readonly GraphEdge[] = [],
): readonly GraphEdge[] {
  if (to.has(edge.to)) return [edge];
  // Branches may lead round in a circle.
  if (!own.passing.has(edge.to) || passed.includes(edge)) return [];
  const on = own.graph.edges
    .filter(({ from }) => from === edge.to)
    .flatMap((next) => through(own, next, to, [...passed, edge]));
  return on.length === 0 ? [] : [edge, ...on];
}

/** The places in which a run stands. */
function activeStates({ placeOf }: CoverageMap, { snapshot }: RunState): ReadonlySet<string> {
  const places = new Set<string>();
  // oxlint-disable-next-line no-underscore-dangle -- xstate has no other name for the nodes that are active
  for (const node of snapshot._nodes) {
    const place = placeOf.get(node.id);
    if (place !== undefined) places.add(place);
  }
  return places;
}

function coverageFrom(known: ReadonlyMap<string, CoverageMap>, { states, edges }: Visited): Coverage {
  const graphs = [...known.values()].map(({ graph }) => graph);
  const all = graphs.flatMap(({ id, nodes }) => nodes.map((node) => `${id}/${node.id}`));
  const ways = graphs.flatMap((graph) => graph.edges.map((edge) => ({ edge, name: nameOf(graph, edge) })));
  function shareOf(isOne: (way: TransitionKind) => boolean): Share {
    const asked = ways.filter(({ edge }) => isOne(edge.way));
    return {
      covered: asked.filter(({ edge }) => edges.has(edge)).map(({ name }) => name),
      missing: asked.filter(({ edge }) => !edges.has(edge)).map(({ name }) => name),
    };
  }
  const shares = {
    states: {
      covered: all.filter((name) => states.has(name)),
      missing: all.filter((name) => !states.has(name)),
    },
    ways: shareOf((way) => way !== "rescue" && !decisions.has(way)),
    rescues: shareOf((way) => way === "rescue"),
    decisions: shareOf((way) => decisions.has(way)),
  };
  return { ...shares, missing: Object.values(shares).flatMap(({ missing }) => missing) };
}

function nameOf({ id }: Graph, { from, to, way, label }: GraphEdge): string {
  return `${id}/${from} -${way}${label === "" ? "" : `: ${label}`}-> ${to}`;
}
