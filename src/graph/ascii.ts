import { clip, columnsOf, padColumns } from "../model/display-width.ts";
import type { Graph } from "./graph.ts";
import { timesAt, wasTaken, type RunPath } from "./path.ts";
import { graphRows, usesOf, type Jump, type GraphRow } from "./rows.ts";

/** Draws a graph as a list from top to bottom, for a terminal or a ticket; with `path`, what was taken is marked. */
export function toAscii(graph: Graph, { width = 80, path }: { width?: number; path?: RunPath } = {}): string {
  const rows = graphRows(graph);
  const named = Math.max(...graph.nodes.map(({ id }) => columnsOf(id)), 0);
  const layout = { width, path, kinds: 8, named };
  const lines = rows.flatMap((row, index) => [
    ...(rows[index - 1]?.leadsToNext === false && row.node.kind !== "end" ? [""] : []),
    ...linesOf(row, layout),
  ]);
  const children = graph.children.map(({ id, title }) => `child runbook ${id}: ${title}`);
  const legend = path === undefined ? [] : ["", `* marks the path of ${path.run}`];
  const parts = [
    `${graph.id}: ${graph.title}`,
    "",
    ...lines,
    ...(children.length > 0 ? [""] : []),
    ...children,
  ];
  return [...parts, ...legend].map((line) => clip(line.trimEnd(), width, "...")).join("\n");
}

interface AsciiLayout {
  readonly width: number;
  readonly path: RunPath | undefined;
  readonly kinds: number;
  readonly named: number;
}

function linesOf(row: GraphRow, layout: AsciiLayout): readonly string[] {
  const { node, jumps, leadsToNext } = row;
  const times = layout.path === undefined ? 0 : timesAt(layout.path, node.id);
  const mark = times === 0 ? " " : "*";
  const start = `${mark} ${node.kind.padEnd(layout.kinds)} ${padColumns(node.id, layout.named)}  `;
  const title = node.title === node.id ? "" : node.title;
  const words = times > 1 ? `${title} (${times} times)`.trimStart() : title;
  const gutter = `  ${(leadsToNext ? "|" : "").padEnd(layout.kinds)} ${"".padEnd(layout.named)}  `;
  const left = start + words;
  const uses = usesOf(node);
  const fits = columnsOf(left) + columnsOf(uses) + 2 <= layout.width;
  const first = uses === "" || !fits ? [left] : [left + atRight(uses, layout.width - columnsOf(left))];
  const below = uses === "" || fits ? [] : [gutter + atRight(uses, layout.width - gutter.length)];
  return [...first, ...below, ...jumps.map((jump) => jumpLine(jump, gutter, layout))];
}

function jumpLine({ edge, back, words }: Jump, gutter: string, { width, path }: AsciiLayout): string {
  const mark = path !== undefined && wasTaken(path, edge) ? "*" : " ";
  const arrow = edge.to === edge.from ? "again" : `-> ${edge.to}${back ? " (back)" : ""}`;
  const line = `${mark}${gutter.slice(1)}${arrow}  ${words}`;
  return clip(line.trimEnd(), width, "...");
}

function atRight(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - columnsOf(text))) + text;
}
