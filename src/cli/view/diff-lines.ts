import { clip } from "../../model/display-width.ts";
import { formatMilliseconds } from "../../model/duration.ts";
import type { Json } from "../../model/json.ts";
import { visibleLine } from "../../redact/visible.ts";
import type { AlignedItem } from "../../timeline/aligned.ts";
import type { ValueChange } from "../../timeline/changes.ts";
import type { RunDiff } from "../../timeline/diff.ts";
import type { Style } from "./render-context.ts";
import { inWords } from "../../model/json-read.ts";
import { wrap } from "./text.ts";

/** Beyond this a value is cut; all of it is in the JSON. */
const longest = 400;

/** What differed, in words; `-` is the first run, `+` the second. */
export function diffLines(
  diff: RunDiff,
  [one, other]: readonly [string, string],
  style: Style,
): readonly string[] {
  const { circumstances, inputs, path, durations, plans, outcomes } = diff;
  const sections = [
    ...section("Circumstances", circumstances, style),
    ...section("Inputs", inputs, style),
    ...pathSection(path, style),
    ...section("Durations", durations.map(inTime), style),
    ...section("Plans", plans, style),
    ...section("Outcomes", outcomes, style),
  ];
  const head = [style.paint.bad(`- ${one}`), style.paint.good(`+ ${other}`)];
  return [...head, ...(sections.length === 0 ? ["", "Nothing differs."] : sections)];
}

function section(title: string, changes: readonly ValueChange[], style: Style): readonly string[] {
  if (changes.length === 0) return [];
  const { paint } = style;
  const lines = changes.flatMap(({ what, one, other }) => [
    `  ${visibleLine(what)}`,
    ...valueLines("-", one, style).map(paint.bad),
    ...valueLines("+", other, style).map(paint.good),
  ]);
  return ["", paint.strong(title), ...lines];
}

function valueLines(mark: string, value: Json, { width, symbols }: Style): readonly string[] {
  const text = value === null ? "(nothing)" : visibleLine(inWords(value));
  return wrap(clip(text, longest, symbols.more), width - 6).map(
    (line, index) => `    ${index === 0 ? mark : " "} ${line}`,
  );
}

/** Long stretches that both have in common are only counted. */
function pathSection(path: readonly AlignedItem[], { paint, symbols }: Style): readonly string[] {
  if (path.every((row) => row.in === "both")) return [];
  const lines = path.flatMap((row, index): readonly string[] => {
    const item = visibleLine(row.item);
    if (row.in === "one") return [paint.bad(`  - ${item}`)];
    if (row.in === "other") return [paint.good(`  + ${item}`)];
    if (isShown(path, index)) return [`    ${item}`];
    const isFirst = index === 0 || isShown(path, index - 1);
    return isFirst ? [paint.faint(`    ${symbols.more} ${stretch(path, index)} alike`)] : [];
  });
  return ["", paint.strong("Path"), ...lines];
}

/** A difference, or what stands beside one. */
function isShown(path: readonly AlignedItem[], index: number): boolean {
  return path.slice(Math.max(0, index - 1), index + 2).some((row) => row.in !== "both");
}

/** How many from here on are in both and near no difference. */
function stretch(path: readonly AlignedItem[], from: number): number {
  const end = path.findIndex((_, index) => index >= from && isShown(path, index));
  return (end === -1 ? path.length : end) - from;
}

function inTime({ what, one, other }: ValueChange): ValueChange {
  return { what, one: timeOf(one), other: timeOf(other) };
}

function timeOf(value: Json): Json {
  return typeof value === "number" ? formatMilliseconds(value) : value;
}
