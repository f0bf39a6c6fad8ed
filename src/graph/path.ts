import { isOf, type RunEvent } from "../model/event.ts";
import { roleOfStep, roleOfTimer } from "../model/state-ids.ts";
import type { GraphEdge, Graph } from "./graph.ts";

/** The way that a run took through its runbook. */
export interface RunPath {
  readonly run: string;
  /** The nodes in the order in which they were entered; one that was entered again is there again. */
  readonly visits: readonly string[];
}

/** The path of a run, from its own events. */
export function pathOf(graph: Graph, events: readonly RunEvent[]): RunPath {
  const nodes = new Map(graph.nodes.flatMap(({ id, steps }) => steps.map((step) => [step, id] as const)));
  const isNode = (step: string): boolean => nodes.has(step);
  const visits: string[] = [];
  for (const event of events) {
    const id = endOf(event) ?? nodes.get(stepOf(event, isNode) ?? "");
    // Another attempt, and the decision after a failure, are still the same visit.
    if (id !== undefined && visits.at(-1) !== id) visits.push(id);
  }
  return { run: events[0]?.run ?? "", visits };
}

/** How often a node was entered. */
export function timesAt({ visits }: RunPath, id: string): number {
  return visits.filter((visit) => visit === id).length;
}

/** Whether the run went this way. */
export function wasTaken({ visits }: RunPath, { from, to }: Pick<GraphEdge, "from" | "to">): boolean {
  return visits.some((visit, index) => visit === from && visits[index + 1] === to);
}

function stepOf(event: RunEvent, isListed: (step: string) => boolean): string | undefined {
  if (isOf(event, "step.started", "child.started")) return event.data.step;
  if (isOf(event, "gate.opened")) return roleOfStep(event.data.step, isListed).state;
  return isOf(event, "timer.armed") ? roleOfTimer(event.data).state : undefined;
}

function endOf(event: RunEvent): string | undefined {
  if (isOf(event, "run.succeeded")) return "succeeded";
  if (isOf(event, "run.cancelled")) return "cancelled";
  if (!isOf(event, "run.failed")) return undefined;
  // All its states were gone through; only criteria were not met.
  return event.data.criteria.length > 0 ? "succeeded" : "failed";
}
