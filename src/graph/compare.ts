/** What changed between two versions of a runbook, as its readers know it: states, what they use, where they lead. */
import type { GraphEdge, Graph, GraphNode } from "./graph.ts";

export interface StateChange {
  readonly state: string;
  readonly change: "added" | "removed" | "changed";
  /** What it uses, or what is different, in words. */
  readonly what: string;
}

/** The states that were added, removed or changed, in the order of the newer file; empty when both look the same. */
export function stateChanges(before: Graph, after: Graph): readonly StateChange[] {
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const now = new Set(after.nodes.map(({ id }) => id));
  return [
    ...after.nodes.flatMap((node): readonly StateChange[] => {
      const was = old.get(node.id);
      if (was === undefined) return [{ state: node.id, change: "added", what: wordsOf(node) }];
      const what = [...nodeChanges(was, node), ...edgeChanges(node.id, before.edges, after.edges)];
      return what.length === 0 ? [] : [{ state: node.id, change: "changed", what: what.join("; ") }];
    }),
    ...before.nodes
      .filter(({ id }) => !now.has(id))
      .map((node) => ({ state: node.id, change: "removed" as const, what: wordsOf(node) })),
  ];
}

function wordsOf({ kind, uses }: GraphNode): string {
  return [kind, ...uses].join(" ");
}

function nodeChanges(was: GraphNode, is: GraphNode): readonly string[] {
  return [
    ...(wordsOf(was) === wordsOf(is) ? [] : [`${wordsOf(was)} is now ${wordsOf(is)}`]),
    ...(was.risk === is.risk ? [] : [`risk ${was.risk} is now ${is.risk}`]),
    ...(was.title === is.title ? [] : [`"${was.title}" is now "${is.title}"`]),
  ];
}

function edgeChanges(
  state: string,
  before: readonly GraphEdge[],
  after: readonly GraphEdge[],
): readonly string[] {
  const [old, now] = [before, after].map((edges) =>
    edges
      .filter(({ from }) => from === state)
      .map(({ to, way, label }) => `${way} to ${to} ${label}`.trimEnd()),
  );
  return [
    ...(old ?? []).filter((edge) => now?.includes(edge) !== true).map((edge) => `no longer ${edge}`),
    ...(now ?? []).filter((edge) => old?.includes(edge) !== true).map((edge) => `now ${edge}`),
  ];
}
