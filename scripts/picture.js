// Draws a recorded terminal session as docs/images/practice.svg. Record one in an empty directory and pass the file:
//   script -qec "stty cols 100 rows 40; runwright practice --auto" session.txt
//   node scripts/picture.js session.txt
import { readFile, writeFile } from "node:fs/promises";
import xterm from "@xterm/headless";

const [columns, rows, cell, line] = [100, 40, 7.8, 17];
const colours = { 1: "#d1495b", 2: "#3f9b5f", 3: "#b8862b", 6: "#2b8aa6" };
const [file = "session.txt", out = "docs/images/practice.svg"] = process.argv.slice(2);
/** What is shown of a long session: so many rows from the line that holds a text. */
const parts = [
  { from: "1/29 symptom started", rows: 10 },
  { from: "11/29 approvePlan approval needed", rows: 16 },
  { from: "15/29 rollout ended: ROLLED BACK", rows: 3 },
  { from: "17/29 decide", rows: 2 },
  { from: "15/29 rollout succeeded", rows: 2 },
  { from: "SUCCEEDED", rows: 4 },
];

const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true });
const recorded = session(await readFile(file, "utf8"));
await new Promise((resolve) => {
  terminal.write(recorded, resolve);
});
const { active } = terminal.buffer;
const texts = Array.from(
  { length: active.length },
  (_, row) => active.getLine(row)?.translateToString(true) ?? "",
);
const shown = parts.flatMap(({ from, rows: count }, index) => {
  const start = texts.findIndex((text) => text.includes(from));
  if (start < 0) throw new Error(`The session has no line with "${from}".`);
  const picked = Array.from({ length: count }, (_, row) => spans(start + row));
  return index === 0 ? picked : [[{ text: "⋮", style: "fill:#8a8f98" }], ...picked];
});
const height = shown.length * line + 24;
const width = Math.ceil(columns * cell + 24);
const drawn = shown.map(
  (row, index) => `<text x="12" y="${24 + index * line}">${row.map(span).join("")}</text>`,
);
await writeFile(
  out,
  [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    "<title>A practice run in a terminal</title>",
    `<rect width="${width}" height="${height}" rx="6" fill="#16191d"/>`,
    `<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13" fill="#e6e6e6">`,
    ...drawn,
    "</g></svg>",
    "",
  ].join("\n"),
);

/** `script` adds a line of its own at each end. */
function session(text) {
  return text.replace(/^Script started.*\n/, "").replace(/\n?Script done.*\n?$/s, "");
}

/** Runs of cells that look alike. */
function spans(row) {
  const cells = active.getLine(row);
  const found = [];
  if (cells === undefined) return found;
  for (let column = 0; column < columns; column += 1) {
    const at = cells.getCell(column);
    const style = [
      at.isFgPalette() ? `fill:${colours[at.getFgColor()] ?? "#e6e6e6"}` : "",
      at.isDim() ? "opacity:.65" : "",
      at.isBold() ? "font-weight:bold" : "",
    ]
      .filter(Boolean)
      .join(";");
    const last = found.at(-1);
    if (last?.style === style) last.text += at.getChars() || " ";
    else found.push({ text: at.getChars() || " ", style });
  }
  return found;
}

function span({ text, style }) {
  // Spaces that no browser takes together: not all of them keep to what a picture says of its own.
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(" ", "\u00a0");
  return style === "" ? escaped : `<tspan style="${style}">${escaped}</tspan>`;
}
