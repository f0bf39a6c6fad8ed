/** A runbook as nodes and edges: what is drawn, and what a page about a run shows. Plain data, and nothing acts. */
import type { AnyStep, Risk } from "../model/step.ts";
import type { Invocation } from "../runbook/actors.ts";
import type { Runbook } from "../runbook/types.ts";
import type { TransitionKind } from "../runbook/transition-labels.ts";
import { ownInvocations, machineStates, type MachineState } from "./machine-states.ts";

export type NodeKind =
  | "read"
  | "write"
  | "gate"
  | "choice"
  | "manual"
  | "question"
  | "child"
  | "wait"
  | "branch"
  | "parallel"
  | "state"
  | "end";

export interface GraphNode {
  /** The state's name; inside other states, names joined by dots. */
  readonly id: string;
  readonly title: string;
  readonly kind: NodeKind;
  /** The step kinds and child runbooks that it uses. */
  readonly uses: readonly string[];
  /** What it invokes, as the events name it; a timer's state has its own name. */
  readonly steps: readonly string[];
  /** The greatest risk of what it does. */
  readonly risk: Risk;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly way: TransitionKind;
  /** The condition, or the option's words; empty when there is nothing to say. */
  readonly label: string;
}

export interface Graph {
  readonly id: string;
  readonly title: string;
  readonly initial: string;
  /** In the order of the file; the ends come last. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** The child runbooks, each once. */
  readonly children: readonly { readonly id: string; readonly title: string }[];
}

/** The graph of a runbook. Ends that nothing leads to are left out, and so is what every failed step offers: to cancel. */
export function graphOf(runbook: Runbook): Graph {
  const { initial, places } = machineStates(runbook);
  const titles = new Map(runbook.steps.map(({ step, title }) => [step, title]));
  const edges = places.flatMap(edgesOf);
  const led = new Set([initial, ...edges.map(({ to }) => to)]);
  const nodes = places
    .map((place) => nodeOf(place, titles))
    .filter(({ id, kind }) => kind !== "end" || led.has(id));
  const children = [...runbook.family.values()].filter(({ id }) => id !== runbook.id);
  return {
    id: runbook.id,
    title: runbook.title,
    initial,
    nodes,
    edges,
    children: children.map(({ id, title }) => ({ id, title })),
  };
}

function edgesOf({ id: from, exits }: MachineState): readonly GraphEdge[] {
  const drawn = exits.filter(({ way }) => way !== "cancel");
  const all = drawn.flatMap(({ way, label, to }) => to.map((target) => ({ from, to: target, way, label })));
  const keys = all.map((edge) => JSON.stringify(edge));
  return all.filter((_, index) => keys.indexOf(keys[index] ?? "") === index);
}

const order: readonly Risk[] = ["none", "low", "medium", "high"];

function nodeOf(place: MachineState, titles: ReadonlyMap<string, string>): GraphNode {
  const { id, node, exits } = place;
  const own = ownInvocations(place);
  const [only] = own.length === 1 ? own : [];
  const title = node.description ?? titles.get(only?.id ?? id) ?? titles.get(id) ?? id;
  const risks = own.map(({ what }) => (what?.type === "step" ? what.step.risk : "none"));
  const waits = exits.some(({ way }) => way === "timer");
  return {
    id,
    title,
    kind: isByHand(node.meta) ? "manual" : kindOf(node, own, waits),
    steps: own.length === 0 ? [node.key] : own.map(({ id: invoked }) => invoked),
    uses: own.flatMap(({ what }) => (what === undefined ? [] : usedBy(what))),
    risk: order.findLast((risk) => risks.includes(risk)) ?? "none",
  };
}

function usedBy(what: NonNullable<Invocation["what"]>): string {
  return what.type === "step" ? what.step.kind : what.runbook.id;
}

function isByHand(meta: unknown): boolean {
  return typeof meta === "object" && meta !== null && "byHand" in meta;
}

function kindOf(
  { type, always }: MachineState["node"],
  [first, ...others]: readonly Invocation[],
  waits: boolean,
): NodeKind {
  if (type === "parallel" || others.length > 0) return "parallel";
  if (type === "final") return "end";
  if (first?.what === undefined) return always === undefined ? (waits ? "wait" : "state") : "branch";
  return first.what.type === "child" ? "child" : kindOfStep(first.what.step);
}

function kindOfStep({ kind, effect }: AnyStep): NodeKind {
  if (effect !== "human") return effect;
  if (kind === "human.confirm") return "gate";
  return kind === "human.decide" ? "choice" : "question";
}
