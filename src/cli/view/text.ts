import { columnsOf, headOf, padColumns } from "../../model/display-width.ts";

/** Where a line may be broken, or what is there to be copied: between backquotes, or a command of ours up to a gap or the end. */
const parts = /(`[^`]+`|(?<=^|: | {2})runwright [a-z](?:(?! {2}).)*| )/;

/**
 * Breaks uncoloured text at spaces, and where a word alone is too long, inside it; never inside of a command, which then
 * is longer than a line. Line feeds stay.
 */
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
  for (const word of wordsOf(line.trimStart())) {
    const joined = current.trim() === "" ? `${current}${word}` : `${current} ${word}`;
    if (columnsOf(joined) <= width) {
      current = joined;
      continue;
    }
    if (current.trim() !== "") lines.push(current);
    const pieces = word.includes(" ") ? [`${indent}${word}`] : cut(`${indent}${word}`, width);
    lines.push(...pieces.slice(0, -1));
    current = pieces.at(-1) ?? "";
  }
  return [...lines, current];
}

/** What stands between the spaces; a command with its own is one word. */
function wordsOf(line: string): readonly string[] {
  const words = [""];
  for (const part of line.split(parts)) {
    if (part === " ") words.push("");
    else words.push(`${words.pop() ?? ""}${part}`);
  }
  return words;
}

function cut(word: string, width: number): readonly string[] {
  const pieces: string[] = [];
  let rest = word;
  while (columnsOf(rest) > width) {
    const piece = headOf(rest, width);
    if (piece === "") break;
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
  const start = " ".repeat(indent) + padColumns(label, column - 1) + " ";
  const rest = " ".repeat(columnsOf(start));
  return wrap(text, width - rest.length).map((line, index) => (index === 0 ? start : rest) + line);
}
