import { stripVTControlCharacters } from "node:util";

const wide =
  /[\p{Emoji_Presentation}\u{1100}-\u{115f}\u{2e80}-\u{303e}\u{3041}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}\u{20000}-\u{3fffd}]/u;
const combining = /[\p{M}\u{fe0f}]/u;

function widthOf(character: string): number {
  if (combining.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** How many columns a line takes; colours take none. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of stripVTControlCharacters(text)) columns += widthOf(character);
  return columns;
}

/** At most `width` columns of an uncoloured line; `more` says that something was cut off. */
export function clip(text: string, width: number, more: string): string {
  if (columnsOf(text) <= width) return text;
  return head(text, Math.max(0, width - columnsOf(more))) + more;
}

function head(text: string, width: number): string {
  let taken = "";
  let columns = 0;
  for (const character of text) {
    columns += widthOf(character);
    if (columns > width) return taken;
    taken += character;
  }
  return taken;
}

/** Breaks uncoloured text at spaces, and where a word alone is too long, inside it. Line feeds stay. */
export function wrap(text: string, width: number): readonly string[] {
  return text
    .replaceAll("\t", "  ")
    .split("\n")
    .flatMap((line) => wrapLine(line, Math.max(width, 8)));
}

function wrapLine(line: string, width: number): readonly string[] {
  if (columnsOf(line) <= width) return [line];
  const indent = /^ */.exec(line)?.[0].slice(0, width / 2) ?? "";
  const lines: string[] = [];
  let current = indent;
  for (const word of line.trimStart().split(" ")) {
    const joined = current.trim() === "" ? `${current}${word}` : `${current} ${word}`;
    if (columnsOf(joined) <= width) {
      current = joined;
      continue;
    }
    if (current.trim() !== "") lines.push(current);
    const pieces = cut(`${indent}${word}`, width);
    lines.push(...pieces.slice(0, -1));
    current = pieces.at(-1) ?? "";
  }
  return [...lines, current];
}

function cut(word: string, width: number): readonly string[] {
  const pieces: string[] = [];
  let rest = word;
  while (columnsOf(rest) > width) {
    const piece = head(rest, width);
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return [...pieces, rest];
}

/** `key   text`, the text wrapped under itself. */
export function labelled(
  label: string,
  text: string,
  { indent = 2, column = 10, width = 79 },
): readonly string[] {
  const start = " ".repeat(indent) + label.padEnd(column - 1) + " ";
  const rest = " ".repeat(start.length);
  return wrap(text, width - start.length).map((line, index) => (index === 0 ? start : rest) + line);
}
