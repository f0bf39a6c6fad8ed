/**
 * Markdown in which nothing that was recorded is markup. The adversary is whoever can put text into a log line, a
 * resource's name or a reason: it must not become a link, an image, HTML, a heading or another row of a table.
 */
import { visible, visibleLine } from "../redact/visible.ts";

/** A piece of finished Markdown. */
export type Block = string;

/** Free text inside a line: whatever Markdown would act on is escaped. */
export function text(value: string): string {
  // An address is shown as code: readers would make a link of it, and escaped it cannot be copied.
  const parts = oneLine(value).split(/(https?:\/\/[^\s`|<>\\"]*[^\s`|<>\\".,;:!?)\]])/i);
  return parts.map((part, index) => (index % 2 === 1 ? code(part) : escape(part))).join("");
}

/** A name or value, shown as it is. */
export function code(value: string): string {
  const line = oneLine(value);
  if (line === "") return "(empty)";
  // A vertical bar or a backslash before one cannot be written in the code of a table in every reader.
  if (/[|\\]/.test(line)) return escape(line);
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const mark = "`".repeat(longest + 1);
  const pad = /^[` ]|[` ]$/.test(line) ? " " : "";
  return `${mark}${pad}${line}${pad}${mark}`;
}

/** Text that was stored, quoted whole; it cannot end its own fence. */
export function fence(value: string, language = "text"): Block {
  const shown = visible(value).replace(/\n+$/, "");
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const mark = "`".repeat(Math.max(3, longest + 1));
  return `${mark}${language}\n${shown}\n${mark}`;
}

/** Cells are finished Markdown. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): Block {
  return [rowOf(titles), rowOf(titles.map(() => "---")), ...rows.map(rowOf)].join("\n");
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell || " ").join(" | ")} |`;
}

export function bullets(items: readonly string[]): Block {
  return items.map((item) => `- ${item}`).join("\n");
}

function oneLine(value: string): string {
  return visibleLine(
    value
      .trim()
      .replaceAll(/\s*\n\s*/g, " / ")
      .replaceAll("\t", " "),
  );
}

/**
 * Besides what is markup: what readers turn into links by themselves, such as addresses, people and issues. In one
 * pass, because what is put in would be taken for text in a second.
 */
// An underscore inside a word marks nothing up.
const special = /[&<>|@\\`*[\]~]|(?<![a-z0-9])_|_(?![a-z0-9])|#(?=\d)|:\/\/|\bwww\./gi;
const named: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "|": "&#124;",
  "@": "&#64;",
  "#": "&#35;",
  "://": ":&#47;&#47;",
};

function escape(line: string): string {
  return (
    line
      .replaceAll(
        special,
        (found) => named[found] ?? (found.endsWith(".") ? `${found.slice(0, -1)}&#46;` : `\\${found}`),
      )
      // What opens a block when it stands first.
      .replace(/^(\d+)([.)])/, (_, digits: string, mark: string) => `${digits}\\${mark}`)
      .replace(/^[-+=#]/, (mark) => `\\${mark}`)
  );
}
