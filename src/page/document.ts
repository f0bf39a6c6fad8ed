import { createHash } from "node:crypto";
import { escapeMarkup } from "../model/markup.ts";
import type { Json } from "../model/json.ts";
import { visibleLine } from "../redact/visible.ts";

export interface PageParts {
  readonly title: string;
  readonly style: string;
  /** Styles that are inside of `body`, such as a picture's own. */
  readonly inner?: readonly string[];
  readonly script?: string;
  /** Finished HTML. */
  readonly body: readonly string[];
}

/**
 * A page in one file. Its policy names the page's own style and script by their digests, so nothing else in it is
 * applied or run, and nothing is loaded or sent.
 */
export function documentOf({ title, style, inner = [], script, body }: PageParts): string {
  const styles = [style, ...inner].map(sourceOf).join(" ");
  const policy = [
    "default-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    `style-src ${styles}`,
    ...(script === undefined ? [] : [`script-src ${sourceOf(script)}`]),
  ];
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy.join("; ")}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escapeMarkup(title)}</title>`,
    `<style>${style}</style>`,
    "</head>",
    "<body>",
    ...body,
    ...(script === undefined ? [] : [`<script>${script}</script>`]),
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

/** JSON for a script element, which no text inside of it can end. */
export function jsonBlock(id: string, value: unknown): string {
  const json = JSON.stringify(value)
    .replaceAll("<", "\\u003c")
    .replaceAll(/[\u2028\u2029]/g, " ");
  return `<script type="application/json" id="${id}">${json}</script>`;
}

/** The links to a page's sections. */
export function contentsOf(links: readonly (readonly [id: string, title: string])[]): string {
  const items = links.map(([id, title]) => `<li><a href="#${id}">${escapeMarkup(title)}</a></li>`);
  return `<nav aria-label="Contents"><h2>Contents</h2><ul>${items.join("")}</ul></nav>`;
}

function sourceOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** Recorded text on one line of a page. */
export function shown(text: string): string {
  return escapeMarkup(visibleLine(text));
}

/** `rollout.attempt` rather than `{"rollout":"attempt"}`. */
export function stateInWords(value: Json): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return String(value);
  return Object.entries(value)
    .map(([name, inside]) => `${name}.${stateInWords(inside ?? null)}`)
    .join(", ");
}

/** `#12` of the run that the page is about, `R-7F3K#12` of a child run. */
export function nameOf(root: string, { run, rseq }: { readonly run: string; readonly rseq: number }): string {
  return run === root ? `#${rseq}` : `${run}#${rseq}`;
}

/** Where an event's row is. */
export function rowOf(run: string, rseq: number | string): string {
  return `event-${run}-${rseq}`;
}
