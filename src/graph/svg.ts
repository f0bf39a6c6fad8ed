/** A graph as a picture of its own: the states in one column, jumps as arcs beside it, conditions in words. */
import { escapeMarkup } from "../model/markup.ts";
import { shorten } from "../model/shorten.ts";
import type { Graph, NodeKind } from "./graph.ts";
import { timesAt, wasTaken, type RunPath } from "./path.ts";
import { graphRows, usesOf, type Jump, type GraphRow } from "./rows.ts";

const box = { width: 330, height: 44, gap: 26, lane: 14, line: 17 };

interface PlacedRow extends GraphRow {
  readonly y: number;
  readonly height: number;
}

/** Draws a graph as SVG; with `path`, what was taken is marked. It holds its own colours and needs nothing else. */
export function toSvg(graph: Graph, { path }: { readonly path?: RunPath } = {}): string {
  const placed = placedRows(graph);
  const arcs = lanesOf(placed);
  const left = 24 + box.lane * (1 + Math.max(0, ...arcs.map(({ lane }) => lane)));
  const last = placed.at(-1);
  const height = (last?.y ?? 0) + (last?.height ?? 0) + 16;
  const said = placed.flatMap(({ jumps }) => jumps.map((jump) => textOf(jump).length));
  const width = left + box.width + 40 + 7 * Math.max(0, ...said);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeMarkup(`${graph.id}: ${graph.title}`)}</title>`,
    `<style>${style}</style>`,
    `<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" class="tip"/></marker></defs>`,
    ...arcs.map((arc) => arcOf(arc, left, path)),
    ...placed.flatMap((row, index) => rowOf(row, placed[index + 1], left, path)),
    "</svg>",
  ].join("\n");
}

function placedRows(graph: Graph): readonly PlacedRow[] {
  let y = 16;
  return graphRows(graph).map((row) => {
    const height = Math.max(box.height, box.line * row.jumps.length + 6);
    const placed = { ...row, y, height };
    y += height + box.gap;
    return placed;
  });
}

interface Arc {
  readonly jump: Jump;
  readonly from: number;
  readonly to: number;
  readonly lane: number;
}

/** Each jump between states gets the innermost lane that no other jump of its stretch uses; jumps to ends are only words. */
function lanesOf(placed: readonly PlacedRow[]): readonly Arc[] {
  const at = new Map(placed.map(({ node, y }) => [node.id, { y: y + box.height / 2, kind: node.kind }]));
  const arcs: Arc[] = [];
  const jumps = placed.flatMap(({ jumps: own }) => own);
  const spans = jumps.flatMap((jump) => {
    const [from, to] = [at.get(jump.edge.from), at.get(jump.edge.to)];
    const isDrawn = from !== undefined && to !== undefined && from !== to && to.kind !== "end";
    return isDrawn ? [{ jump, from: from.y, to: to.y }] : [];
  });
  for (const span of spans.toSorted((one, other) => lengthOf(one) - lengthOf(other))) {
    const crossed = arcs.filter((arc) => overlaps(arc, span)).map(({ lane }) => lane);
    let lane = 0;
    while (crossed.includes(lane)) lane += 1;
    arcs.push({ ...span, lane });
  }
  return arcs;
}

type Span = Pick<Arc, "from" | "to">;

function lengthOf({ from, to }: Span): number {
  return Math.abs(from - to);
}

function overlaps(one: Span, other: Span): boolean {
  const [low, high] = [Math.max(lowOf(one), lowOf(other)), Math.min(highOf(one), highOf(other))];
  return low <= high;
}

function lowOf({ from, to }: Span): number {
  return Math.min(from, to);
}

function highOf({ from, to }: Span): number {
  return Math.max(from, to);
}

function arcOf({ jump, from, to, lane }: Arc, left: number, path: RunPath | undefined): string {
  const x = left - 10 - box.lane * (lane + 1);
  const [start, end] = [from + 6, to - 6];
  const turned = takenMark(path !== undefined && wasTaken(path, jump.edge));
  return `<path class="way${turned}" d="M${left} ${start}H${x}V${end}H${left - 1}" marker-end="url(#tip)"/>`;
}

function rowOf(
  row: PlacedRow,
  below: PlacedRow | undefined,
  left: number,
  path: RunPath | undefined,
): readonly string[] {
  const { node, jumps, leadsToNext, y } = row;
  const times = path === undefined ? 0 : timesAt(path, node.id);
  const middle = left + box.width / 2;
  const on =
    path !== undefined && below !== undefined && wasTaken(path, { from: node.id, to: below.node.id });
  const round = rounding[node.kind] ?? 6;
  const more = times > 1 ? ` (${times} times)` : "";
  return [
    `<rect class="${node.kind}${takenMark(times > 0)}" data-node="${escapeMarkup(node.id)}" x="${left}" y="${y}" width="${box.width}" height="${box.height}" rx="${round}"/>`,
    `<text class="name" x="${left + 12}" y="${y + 18}">${escapeMarkup(node.id)}<tspan class="kind"> ${node.kind}${more}</tspan></text>`,
    `<text x="${left + 12}" y="${y + 35}">${escapeMarkup(shorten(node.title === node.id ? usesOf(node) : node.title, 45))}<title>${escapeMarkup(`${node.title}. ${usesOf(node)}`)}</title></text>`,
    ...jumps.map(
      (jump, index) =>
        `<text class="jump${takenMark(path !== undefined && wasTaken(path, jump.edge))}" x="${left + box.width + 12}" y="${y + 16 + box.line * index}">${escapeMarkup(textOf(jump))}</text>`,
    ),
    ...(leadsToNext && below !== undefined
      ? [
          `<path class="way${takenMark(on)}" d="M${middle} ${y + box.height}V${below.y - 1}" marker-end="url(#tip)"/>`,
        ]
      : []),
  ];
}

const rounding: Partial<Readonly<Record<NodeKind, number>>> = { end: 22, gate: 0, choice: 0, wait: 22 };

function takenMark(is: boolean): string {
  return is ? " taken" : "";
}

function textOf({ edge, back, words }: Jump): string {
  const where = edge.to === edge.from ? "again" : `\u{2192} ${edge.to}${back ? " (back)" : ""}`;
  return `${where} ${words}`.trimEnd();
}

const style = [
  "text{font:13px system-ui,sans-serif;fill:#1d232b}",
  ".name{font-weight:600}.kind{font-weight:400;fill:#5d6673}",
  ".jump{fill:#5d6673}.jump.taken{fill:#0a58ca;font-weight:600}",
  "rect{fill:#fff;stroke:#9aa4b1}rect.read{fill:#f3f6fa}rect.write{fill:#fff1e0;stroke:#c2711a}",
  "rect.gate,rect.choice,rect.manual,rect.question{fill:#fffbd6;stroke:#a58a00}",
  "rect.child{fill:#efeafc;stroke:#7a5cc9}rect.end{fill:#e8ebef}",
  "rect.taken{stroke:#0a58ca;stroke-width:3}",
  ".way{fill:none;stroke:#9aa4b1;stroke-width:1.5}.way.taken{stroke:#0a58ca;stroke-width:3}.tip{fill:#6b7684}",
].join("");

/** A page with the picture of a graph; it loads nothing and runs nothing. */
export function toHtml(graph: Graph, { path }: { readonly path?: RunPath } = {}): string {
  const title = escapeMarkup(`${graph.id}: ${graph.title}`);
  const marked = path === undefined ? "" : `<p>The path of ${escapeMarkup(path.run)} is drawn in blue.</p>`;
  const children = graph.children.map(
    ({ id, title: what }) => `<li>${escapeMarkup(id)}: ${escapeMarkup(what)}</li>`,
  );
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${title}</title>`,
    "<style>body{font:15px system-ui,sans-serif;margin:2rem;color:#1d232b;background:#fff}</style>",
    `</head><body><h1>${title}</h1>`,
    marked,
    toSvg(graph, path === undefined ? {} : { path }),
    children.length === 0 ? "" : `<h2>Child runbooks</h2><ul>${children.join("")}</ul>`,
    "</body></html>",
  ]
    .filter((line) => line !== "")
    .join("\n");
}
