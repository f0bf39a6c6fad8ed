import { escapeMarkup } from "../model/markup.ts";
import type { Graph } from "./graph.ts";
import type { RunPath } from "./path.ts";
import { toSvg } from "./svg.ts";

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
