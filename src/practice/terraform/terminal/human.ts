import type { Diagnostic } from "./diagnostic.ts";

const width = 78;

/** A diagnostic as it looks with `-no-color`. */
export function plain(diagnostic: Diagnostic): string {
  return `\n${title(diagnostic)}${diagnostic.summary}\n${body(diagnostic)
    .map((line) => `${line}\n`)
    .join("")}`;
}

/** A diagnostic in terraform's coloured box. */
export function boxed(diagnostic: Diagnostic): string {
  const colour = diagnostic.severity === "error" ? "\x1b[31m" : "\x1b[33m";
  const bar = `${colour}│\x1b[0m \x1b[0m`;
  const lines = [
    `${colour}╷\x1b[0m\x1b[0m`,
    `${bar}\x1b[1m${colour}${title(diagnostic)}\x1b[0m\x1b[0m\x1b[1m${diagnostic.summary}\x1b[0m`,
    ...body(diagnostic).map((line) => `${bar}${line}`),
    `${colour}╵\x1b[0m\x1b[0m`,
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function title({ severity }: Diagnostic): string {
  return severity === "error" ? "Error: " : "Warning: ";
}

function body({ address, range, snippet, detail }: Diagnostic): readonly string[] {
  const where =
    address === undefined
      ? []
      : [
          "",
          `  with ${address},`,
          ...(range === undefined || snippet === undefined
            ? []
            : [
                `  on ${range.filename} line ${range.start.line}, in ${snippet.context}:`,
                `  ${range.start.line}: ${snippet.code}`,
              ]),
        ];
  return [...where, ...(detail === "" ? [] : ["", ...wrap(detail)])];
}

/** Breaks long lines at words; indented lines, such as those of the lock's description, stay whole. */
function wrap(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => (line.startsWith(" ") ? [line] : wrapLine(line)));
}

function wrapLine(line: string): readonly string[] {
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(" ")) {
    if (current !== "" && current.length + 1 + word.length > width) {
      lines.push(current);
      current = word;
    } else current = current === "" ? word : `${current} ${word}`;
  }
  return [...lines, current];
}
