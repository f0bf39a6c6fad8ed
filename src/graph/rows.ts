/** How a graph reads from top to bottom: each node, and beside it where it leads other than to the node below. */
import type { GraphEdge, Graph, GraphNode } from "./graph.ts";

export interface GraphRow {
  readonly node: GraphNode;
  readonly jumps: readonly Jump[];
  /** Whether one can get from it to the node below. */
  readonly leadsToNext: boolean;
}

export interface Jump {
  readonly edge: GraphEdge;
  readonly back: boolean;
  /** When it is taken, in words. */
  readonly words: string;
}

/** The rows of a graph, in the order of the file. */
export function graphRows({ nodes, edges }: Graph): readonly GraphRow[] {
  const place = new Map(nodes.map(({ id }, index) => [id, index]));
  return nodes.map((node, index) => {
    const own = edges.filter(({ from }) => from === node.id);
    const below = nodes[index + 1]?.id;
    const jumps = own
      .filter((edge) => edge.to !== below || wordsOf(edge) !== "")
      .map((edge) => ({ edge, back: (place.get(edge.to) ?? 0) < index, words: wordsOf(edge) }));
    return { node, jumps, leadsToNext: own.some(({ to }) => to === below) };
  });
}

function whenItFails(label: string): string {
  if (label === "") return "when it fails";
  if (label === "not critical") return "when it fails, for it is not critical";
  return label === "otherwise" ? "when it fails otherwise" : `when it fails and ${label}`;
}

function wordsOf({ way, label }: GraphEdge): string {
  switch (way) {
    case "route":
      return `if ${label}`;
    case "rescue":
      return whenItFails(label);
    case "retry":
      return `by itself, ${label}`;
    case "again":
      return "to try again";
    case "skip":
      return "when skipped";
    case "rejected":
      return "when rejected";
    case "option":
      return `"${label}"`;
    case "cleanup":
      return "when cancelled";
    case "event":
      return `on ${label}`;
    case "timer":
    case "next":
    case "approved":
    case "cancel":
      return label;
  }
}

/** Here the name of the step kind would tell nobody more. */
export const askingKinds: ReadonlySet<GraphNode["kind"]> = new Set(["gate", "choice", "manual"]);

/** What is said of a node beside its title: what it uses and how dangerous that is. */
export function usesOf({ uses, risk, kind }: GraphNode): string {
  const names = askingKinds.has(kind) ? [] : uses;
  return [...names, ...(kind === "write" || kind === "parallel" ? [`risk ${risk}`] : [])].join(", ");
}
