/**
 * The report's Markdown as HTML. It reads only what this room writes (markdown.ts), block by block, and takes everything
 * else for text: there is no way from what was recorded to an element.
 */
import { escapeMarkup } from "../model/markup.ts";
import type { Block } from "./markdown.ts";

export interface HtmlLook {
  /** Where the name of an event such as `#12` leads; nothing where that event is not on the page. */
  readonly placeOf?: (reference: string) => string | undefined;
}

/** One block as HTML. */
export function htmlOf(block: Block, look: HtmlLook = {}): string {
  const [, marks = "", title = ""] = /^(#{1,3}) (.*)$/s.exec(block) ?? [];
  if (marks !== "") return heading(marks.length, title, look);
  const [, , quoted] = /^(`{3,})\w*\n([\s\S]*)\n\1$/.exec(block) ?? [];
  if (quoted !== undefined) return `<pre tabindex="0">${escapeMarkup(quoted)}</pre>`;
  if (block.startsWith("| ")) return tableOf(block.split("\n"), look);
  if (block.startsWith("- ")) {
    const items = block.split("\n").map((line) => `<li>${inline(line.slice(2), look)}</li>`);
    return `<ul>${items.join("")}</ul>`;
  }
  if (block.startsWith("> ")) return `<p class="warning">${inline(block.slice(2), look)}</p>`;
  return `<p>${inline(block, look)}</p>`;
}

/** The name under which a heading can be linked to. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}

function heading(level: number, title: string, look: HtmlLook): string {
  // Only the sections' own titles are linked to; the others hold names that were recorded.
  const id = level === 2 ? ` id="${anchorOf(title)}"` : "";
  return `<h${level}${id}>${inline(title, look)}</h${level}>`;
}

function tableOf([titles = "", , ...rows]: readonly string[], look: HtmlLook): string {
  const heads = cellsOf(titles).map((cell) => `<th scope="col">${inline(cell, look)}</th>`);
  const head = cellsOf(titles).every((cell) => cell === "")
    ? ""
    : `<thead><tr>${heads.join("")}</tr></thead>`;
  const body = rows.map((row) => {
    const cells = cellsOf(row).map((cell) => `<td>${inline(cell, look)}</td>`);
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<div class="wide" tabindex="0"><table>${head}<tbody>${body.join("")}</tbody></table></div>`;
}

/** A vertical bar that was recorded is written as a character reference, so each one here parts two cells. */
function cellsOf(row: string): readonly string[] {
  return row
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

const pieces = /\\([!-/:-@[-`{-~])|(`+)(.*?[^`])\2(?!`)|(\*\*)|(&(?:amp|lt|gt|#\d+);)|(.)/gsu;

function inline(markdown: string, look: HtmlLook): string {
  let isBold = false;
  const html = markdown.replaceAll(
    pieces,
    (_, escaped?: string, _mark?: string, code?: string, bold?: string, named?: string, plain?: string) => {
      if (escaped !== undefined) return escapeMarkup(escaped);
      if (code !== undefined) return codeOf(code, look);
      if (bold === undefined) return named ?? escapeMarkup(plain ?? "");
      isBold = !isBold;
      return isBold ? "<strong>" : "</strong>";
    },
  );
  return isBold ? `${html}</strong>` : html;
}

function codeOf(content: string, { placeOf }: HtmlLook): string {
  const shown = /^ .*[^ ].* $/s.test(content) ? content.slice(1, -1) : content;
  const place = /^(?:R-[0-9A-Z]+)?#\d+$/.test(shown) ? placeOf?.(shown) : undefined;
  const code = `<code>${escapeMarkup(shown)}</code>`;
  return place === undefined ? code : `<a href="#${escapeMarkup(place)}">${code}</a>`;
}
