import { columnsOf } from "../../model/display-width.ts";
import type { Gate } from "../../model/event.ts";
import type { RunSummary } from "../../model/summary.ts";
import { plain, type Palette, palette } from "./palette.ts";
import { ascii, type Symbols, symbolsOf } from "./symbols.ts";
import { labelled, wrap } from "./text.ts";
import type { Globals, Io, ViewIo } from "../io.ts";
import { widthOf } from "./print.ts";

/** How lines are drawn. */
export interface Style {
  readonly paint: Palette;
  readonly symbols: Symbols;
  /** Lines are broken before this column; `Infinity` for logs, where a fact is one line. */
  readonly width: number;
}

/** What a line about an event needs to know besides the event. */
export interface RenderContext extends Style {
  readonly summary: RunSummary;
  /** Gates of these risks are approved without asking. */
  readonly approves: readonly string[];
  readonly now: Date;
  /** An opened gate by its name, as long as this view has seen it. */
  readonly gateOf: (gate: string) => Gate | undefined;
  /** When the latest attempt of a step began. */
  readonly startOf: (step: string) => string | null;
}

/** Neither colours nor symbols. */
export const bare: Style = { paint: plain, symbols: ascii, width: 79 };

type StatementTone = "good" | "bad" | "warn" | "accent" | "faint";

type Mark = "ok" | "fail" | "run" | "wait" | "doubt" | "note";

const usualTones: Readonly<Record<Mark, StatementTone>> = {
  ok: "good",
  fail: "bad",
  run: "accent",
  wait: "accent",
  doubt: "warn",
  note: "accent",
};

export interface StatementParts {
  readonly mark: Mark;
  /** Where it is not what the mark is usually drawn in. */
  readonly tone?: StatementTone;
  /** What it is about, for example `4/9 plan`. */
  readonly label: string;
  /** What happened, always as a word. */
  readonly word: string;
  readonly text?: string;
  /** Shown at the right edge. */
  readonly duration?: string;
}

/** One fact: mark, label and word, then the text, wrapped under itself. */
export function statement(style: Style, said: StatementParts): readonly string[] {
  const { paint, symbols, width } = style;
  const { tone = usualTones[said.mark], label, word, text = "", duration = "" } = said;
  const mark = symbols[said.mark];
  const head = [mark, label, word].filter((part) => part !== "").join(" ") + (text === "" ? "" : ":");
  const indent = " ".repeat(columnsOf(mark) + 3);
  const room = duration === "" ? 0 : columnsOf(duration) + 2;
  const limit = Math.min(width, 100);
  const words = text === "" ? head : `${head} ${text}`;
  const lines = wrapHanging(words, { width: width === Infinity ? Infinity : limit, indent, room });
  return lines.map((line, index) => {
    if (index > 0) return line;
    const rest = line.slice(head.length);
    const end = duration === "" ? "" : gap(style, columnsOf(line), duration) + paint.faint(duration);
    return `${paint[tone](mark)} ${paint.strong(label)}${head.slice(mark.length + 1 + label.length)}${rest}${end}`;
  });
}

function gap({ width }: Style, used: number, duration: string): string {
  if (width === Infinity) return "  ";
  return " ".repeat(Math.max(2, Math.min(width, 100) - used - columnsOf(duration)));
}

/** Wraps with the later lines indented; the first leaves `room` at its end. */
function wrapHanging(
  text: string,
  { width, indent, room }: { readonly width: number; readonly indent: string; readonly room: number },
): readonly string[] {
  if (width === Infinity) return [text.replaceAll("\n", " ")];
  const [first = "", ...others] = wrap(text, width - room);
  if (others.length === 0) return [first];
  const rest = text.slice(first.length).trimStart();
  return [first, ...wrap(rest, width - indent.length).map((line) => indent + line)];
}

/** `  what    ...`, one line in a log. */
export function detail({ width, paint }: Style, label: string, text: string): readonly string[] {
  if (width === Infinity) return [`  ${label}: ${text.replaceAll("\n", " ")}`];
  return labelled(label, text, { width: Math.min(width, 100) }).map((line, index) =>
    index === 0 ? line.replace(label, () => paint.faint(label)) : line,
  );
}

/** The colours and symbols of this terminal. */
export function lookOf(io: ViewIo, color: Globals["color"]): Omit<Style, "width"> {
  return { paint: palette(io, color), symbols: symbolsOf(io) };
}

/** How a command draws what it prints here. */
export function styleOf(io: Io, { color }: Pick<Globals, "color">): Style {
  return { ...lookOf(io, color), width: widthOf(io) };
}
