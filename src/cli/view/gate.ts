import { clip, columnsOf } from "../../model/display-width.ts";
import type { Gate } from "../../model/event.ts";
import type { Json } from "../../model/json.ts";
import type { Risk } from "../../model/step.ts";
import type { RunSummary } from "../../model/summary.ts";
import { visible, visibleLine } from "../../redact/visible.ts";
import { labelOf } from "./names.ts";
import { bare, detail, type Style } from "./render-context.ts";
import { inWords, isObject, objectsOf, textOf } from "../../model/json-read.ts";
import { wrap } from "./text.ts";
import { untilThen, utcTime } from "./times.ts";

const risks: Readonly<Record<Risk, string>> = {
  none: "none: it changes nothing",
  low: "low: easily undone",
  medium: "MEDIUM: it changes something that people use",
  high: "HIGH: it may interrupt a service or be hard to undo",
};

/** What a gate wants of a person. */
export const asked: Readonly<Record<Gate["kind"], string>> = {
  approval: "approval needed",
  choice: "decision needed",
  input: "values needed",
  inDoubt: "IN DOUBT, decision needed",
};

/** What a screen of 24 rows has left beside the question, its choices and the line that tells the keys. */
export function rowsForGate({ kind, options }: Gate): number {
  const choices = kind === "approval" ? 3 : options.length + 1;
  return 24 - choices - 5;
}

export interface GateLook extends Partial<Style> {
  readonly now?: Date;
  /** How many rows the block may take: the question still has to fit below it. */
  readonly rows?: number;
}

/** Everything that a person has to see to answer a gate, the most important first. */
export function renderGate(gate: Gate, summary: RunSummary, width: number, look: GateLook = {}): string[] {
  const style = { ...bare, ...look, width };
  // Where space is scarce the question below names the options.
  const isBrief = look.rows !== undefined && width !== Infinity && gate.kind !== "input";
  const now = look.now ?? new Date(summary.lastAt);
  const top = heading(style, gate, summary);
  const bottom = ["", ...facts(style, gate, summary, now), ...(isBrief ? [] : optionLines(style, gate))];
  const body = [...summaryLines(style, gate), ...lines(style, gate)];
  const room = Math.max(3, (look.rows ?? Infinity) - top.length - bottom.length);
  return [...top, ...folded(style, body, room), ...bottom];
}

function heading(style: Style, gate: Gate, summary: RunSummary): readonly string[] {
  const { paint, symbols, width } = style;
  const label = labelOf(summary, gate.step);
  const left = `${symbols.wait} ${label} ${asked[gate.kind]}`;
  const right = `risk ${risks[gate.risk].split(":")[0] ?? ""}`;
  const space = Math.max(2, Math.min(width, 100) - columnsOf(left) - right.length);
  const painted = `${paint.warn(symbols.wait)} ${paint.strong(label)} ${paint.warn(asked[gate.kind])}`;
  const isGrave = gate.risk === "high" || gate.risk === "medium";
  const said =
    width === Infinity || !isRisky(gate) ? "" : " ".repeat(space) + (isGrave ? paint.bad(right) : right);
  return [painted + said, "", ...flow(style, visibleLine(gate.title)).map(paint.strong)];
}

function summaryLines(style: Style, { shown }: Gate): readonly string[] {
  const text = shown["summary"];
  return typeof text === "string" && text !== "" ? flow(style, visible(text)) : [];
}

function lines(style: Style, { shown }: Gate): readonly string[] {
  const given = Array.isArray(shown["lines"]) ? shown["lines"] : [];
  const body = given
    .filter((line) => typeof line === "string" && line !== "")
    .flatMap((line) => flow(style, visible(String(line))));
  return body.length === 0 ? [] : ["", ...body];
}

function flow({ width }: Style, text: string): readonly string[] {
  if (width === Infinity) return text.split("\n").map((line) => `  ${line}`);
  return wrap(text, Math.min(width, 100) - 2).map((line) => `  ${line}`);
}

function folded({ symbols, paint }: Style, body: readonly string[], room: number): readonly string[] {
  if (body.length <= room) return body;
  const kept = body.slice(0, room - 1);
  const left = body.length - kept.length;
  return [...kept, paint.warn(`  ${symbols.more} ${left} more lines: first choose "Show details"`)];
}

/** Whom and how many the gate waits for, where that is not one of anybody. */
function peopleOf({ gate, approvers, approvals }: Gate, summary: RunSummary): string {
  const given = summary.approvals.filter((one) => one.gate.gate === gate).map(({ by }) => by);
  const so = given.length === 0 ? "" : ` (${given.join(", ")} did)`;
  return [
    approvals === undefined ? "" : `, needs ${approvals} people${so}`,
    typeof approvers === "string" ? "" : `, of ${approvers.join(", ")}`,
  ]
    .map(visibleLine)
    .join("");
}

function facts(style: Style, gate: Gate, summary: RunSummary, now: Date): readonly string[] {
  const { target, identity } = summary.start;
  const where =
    target === null
      ? ""
      : `${target.account} / ${target.region} / ${target.workspace}${target.practice === null ? "" : "  (practice world)"}`;
  const as = identity === null ? "" : `  as ${identity}`;
  const subject = gate.shown["subject"];
  const expires =
    gate.expiresAt === null
      ? ""
      : `  expires ${utcTime(gate.expiresAt, now)} (${untilThen(gate.expiresAt, now)})`;
  const usable = gate.usableFor === null ? "" : `, once approved usable for ${gate.usableFor}`;
  return [
    ...(isRisky(gate) ? detail(style, "risk", risks[gate.risk]) : []),
    ...(where === "" ? [] : detail(style, "target", visibleLine(where + as))),
    ...allowed(style, gate, summary),
    ...(gate.kind === "approval" ? detail(style, "bound to", boundText(style, gate, subject)) : []),
    ...detail(
      style,
      "gate",
      `${summary.run} ${visibleLine(gate.gate)}  sha ${gate.digest.slice(0, 8)}${expires}${usable}${peopleOf(gate, summary)}`,
    ),
  ];
}

/** The writes that an answer lets begin: of an option, behind its name. */
function allowed(style: Style, { covers = [] }: Gate, summary: RunSummary): readonly string[] {
  if (covers.length === 0) return [];
  const named = covers.map(({ state, times, option }) => {
    const often = times === 1 ? "" : ` (up to ${times} times)`;
    return `${option === undefined ? "" : `${option}: `}${labelOf(summary, state)}${often}`;
  });
  return detail(style, "allows", visibleLine(named.join("; ")));
}

/** At a fork the danger is in the options, so "none" would only mislead. */
function isRisky({ kind, risk }: Gate): boolean {
  return kind === "approval" || risk !== "none";
}

/** Two lines at most: what an approval is good for. The full digests are in the details. */
function boundText({ width, symbols }: Style, { bound }: Gate, subject: Json | undefined): string {
  // In one order, whether the gate was made just now or read from its record.
  const named = isObject(subject)
    ? Object.entries(subject).toSorted(([one], [other]) => (one < other ? -1 : 1))
    : [];
  const all = [...named, ["runbook", bound.runbook], ["inputs", bound.inputs]] as const;
  const parts = all.map(([key, value]) => visibleLine(`${key} ${shortValue(value)}`));
  return clip(
    parts.join(", "),
    width === Infinity ? Infinity : 2 * (Math.min(width, 100) - 12),
    symbols.more,
  );
}

/** A digest is told by its first digits, as people compare it. */
function shortValue(value: Json): string {
  const text = inWords(value);
  return /^[0-9a-f]{40,}$/.test(text) ? text.slice(0, 12) : text;
}

function optionLines(style: Style, { options: offered, shown }: Gate): readonly string[] {
  const fields = objectsOf(shown["fields"]);
  return [
    ...offered.flatMap(({ id, label, suggested, disabled }) => {
      const note = disabled === null ? (suggested ? "  (suggested)" : "") : `  (not possible: ${disabled})`;
      return detail(style, visibleLine(id), visibleLine(`${label}${note}`));
    }),
    ...fields.flatMap((field) =>
      detail(style, visibleLine(textOf(field["name"])), visibleLine(textOf(field["label"]))),
    ),
  ];
}
