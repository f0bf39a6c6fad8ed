import type { Graph, GraphNode, NodeKind } from "./graph.ts";
import { timesAt, wasTaken, type RunPath } from "./path.ts";
import { askingKinds, graphRows } from "./rows.ts";

const shapes: Readonly<Record<NodeKind, readonly [string, string]>> = {
  read: ["[", "]"],
  write: ["[[", "]]"],
  gate: ["{{", "}}"],
  choice: ["{", "}"],
  manual: ["[/", "/]"],
  question: ["[/", "/]"],
  child: ["[(", ")]"],
  wait: ["([", "])"],
  branch: ["{", "}"],
  parallel: ["[", "]"],
  state: ["[", "]"],
  end: ["((", "))"],
};

/** A graph as a Mermaid flowchart, as GitHub and GitLab show it in Markdown. */
export function toMermaid(graph: Graph, { path }: { readonly path?: RunPath } = {}): string {
  const names = new Map(graph.nodes.map(({ id }, index) => [id, `n${index}`]));
  const rows = graphRows(graph);
  const words = new Map(rows.flatMap(({ jumps }) => jumps.map((jump) => [jump.edge, jump.words] as const)));
  const edges = graph.edges.map((edge) => {
    const said = words.get(edge) ?? "";
    const arrow = said === "" ? "-->" : `-->|"${escaped(said)}"|`;
    return `  ${names.get(edge.from) ?? ""} ${arrow} ${names.get(edge.to) ?? ""}`;
  });
  const visited = graph.nodes.filter(({ id }) => path !== undefined && timesAt(path, id) > 0);
  const taken = graph.edges.flatMap((edge, index) =>
    path !== undefined && wasTaken(path, edge) ? [index] : [],
  );
  return [
    "flowchart TD",
    ...graph.nodes.map((node) => `  ${names.get(node.id) ?? ""}${shapeOf(node)}`),
    ...edges,
    ...(visited.length === 0 ? [] : ["  classDef taken stroke-width:4px"]),
    ...visited.map(({ id }) => `  class ${names.get(id) ?? ""} taken`),
    ...(taken.length === 0 ? [] : [`  linkStyle ${taken.join(",")} stroke-width:4px`]),
  ].join("\n");
}

function shapeOf({ id, title, kind, uses }: GraphNode): string {
  const [open, close] = shapes[kind];
  const lines = [id, ...(title === id ? [] : [title]), ...(askingKinds.has(kind) ? [] : uses)];
  return `${open}"${lines.map(escaped).join("<br>")}"${close}`;
}

/** Mermaid knows the entities of HTML with `#` for `&`. */
function escaped(text: string): string {
  return text
    .replaceAll("#", "#35;")
    .replaceAll("&", "#amp;")
    .replaceAll('"', "#quot;")
    .replaceAll("<", "#lt;")
    .replaceAll(">", "#gt;")
    .replaceAll("|", "#124;");
}
