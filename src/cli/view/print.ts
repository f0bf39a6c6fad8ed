import { clip as clipLine, columnsOf, padColumns } from "../../model/display-width.ts";
import { formatMilliseconds } from "../../model/duration.ts";
import { utcText } from "../../model/time-text.ts";
import { visible, visibleJson, visibleLine } from "../../redact/visible.ts";
import type { Io } from "../io.ts";
import { terminalColumns } from "./terminal-columns.ts";

/** Prints lines to people; what was stored is shown so that a terminal cannot act on it. */
export function printLines(io: Pick<Io, "stdout">, lines: readonly string[]): void {
  io.stdout.write(`${lines.map((line) => visible(line)).join("\n")}\n`);
}

/** Prints lines that may hold colours, so whatever was stored has been made harmless in them before. */
export function printDrawn(io: Pick<Io, "stdout">, lines: readonly string[]): void {
  io.stdout.write(`${lines.join("\n")}\n`);
}

/** Prints the one document of a `--json` command. */
export function printJson(io: Pick<Io, "stdout">, schema: string, document: object): void {
  const text = JSON.stringify({ schema: `runwright.dev/${schema}/v1`, ...document }, undefined, 2);
  io.stdout.write(`${visibleJson(text)}\n`);
}

/** The same on one line. */
export function printJsonLine(io: Pick<Io, "stdout">, document: object): void {
  io.stdout.write(`${visibleJson(JSON.stringify(document))}\n`);
}

/** Rows with their columns below each other; the last one is not padded. */
export function columns(rows: readonly (readonly string[])[], gap = "  "): readonly string[] {
  const clean = rows.map((row) => row.map((cell) => visibleLine(cell)));
  const widths = (clean[0] ?? []).map((_, column) =>
    Math.max(...clean.map((row) => columnsOf(row[column] ?? ""))),
  );
  return clean.map((row) =>
    row
      .map((cell, column) => padColumns(cell, column === row.length - 1 ? 0 : (widths[column] ?? 0)))
      .join(gap),
  );
}

/** How long it took, or has taken so far. */
export function lasted(from: string | null, to: string | null, now: Date): string {
  if (from === null) return "";
  const end = to === null ? now.getTime() : Date.parse(to);
  return formatMilliseconds(Math.max(0, end - Date.parse(from)));
}

/** `2025-10-07 13:51:04 UTC` */
export function utc(at: string): string {
  return `${utcText(at)} UTC`;
}

/** Text that fits into `width`, with a mark where it was cut. */
export function clip(text: string, width: number): string {
  return clipLine(visibleLine(text), width, "…");
}

/** The width to write for: of the terminal; in a pipe nothing is cut off. */
export function widthOf({ stdout }: Pick<Io, "stdout">): number {
  return Math.max(40, terminalColumns(stdout) ?? Infinity);
}

/** A title with rows below it; nothing where there are none. */
export function section(title: string, rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  return ["", title, ...columns(rows).map((row) => `  ${row}`)];
}
