import type { Decision } from "../../engine/decide.ts";
import type { RunbookError } from "../../model/error.ts";
import { whyNot } from "../../engine/approvers.ts";
import type { Actor, Artifact, Gate, GateOption } from "../../model/event.ts";
import { toJson, type Json } from "../../model/json.ts";
import { isApproval, letsBegin } from "../../model/may-approve.ts";
import type { RunSummary } from "../../model/summary.ts";
import { visibleLine } from "../../redact/visible.ts";
import { askFields } from "./fields.ts";
import { textOf } from "../../model/json-read.ts";

export interface Choice {
  readonly value: string;
  readonly name: string;
  /** Why it cannot be chosen. */
  readonly disabled?: string;
}

/** The two ways to ask a person, whatever draws them. */
export interface Asker {
  readonly actor: Actor;
  /** The first choice is what a careless Enter takes: it must do nothing. */
  readonly select: (message: string, choices: readonly Choice[]) => Promise<string>;
  /** `check` returns what is wrong, or null. */
  readonly text: (message: string, check: (text: string) => string | null) => Promise<string>;
  readonly details: () => void;
  /** What keeps a file from being attached, or null. */
  readonly problemWith: (file: string) => string | null;
  /** Stores a file as evidence. */
  readonly attach: (file: string) => Promise<readonly Artifact[]>;
}

const details: Choice = { value: ":details", name: "Show details" };
const isFine = (): null => null;

/** What a person has to type to approve: it shows that this very thing was on the screen. */
function phraseOf({ shown, digest }: Gate, option?: string): string {
  const verb = visibleLine(option ?? textOf(shown["verb"]))
    .trim()
    .replaceAll(/\s+/g, " ")
    .toLowerCase();
  return `${verb === "" ? "approve" : verb} ${digest.slice(0, 4)}`;
}

/** Whether choosing it is the approval of a write that may do harm; the gate is as grave as the gravest of them. */
function allowsHarm(gate: Gate, option: string): boolean {
  return isGrave(gate) && letsBegin(gate, option);
}

/** Asks until there is an answer; a person can always go back to the first question. */
export async function askGate(gate: Gate, summary: RunSummary, asker: Asker): Promise<Decision> {
  if (gate.kind === "input") return { type: "give", values: await askFields(gate, asker) };
  for (;;) {
    const choice = await asker.select(questionOf(gate, summary), [
      details,
      ...choicesOf(gate, summary, asker),
    ]);
    const decision = choice === details.value ? asker.details() : await decisionOf(gate, choice, asker);
    if (decision) return decision;
  }
}

function questionOf(gate: Gate, { run }: RunSummary): string {
  if (gate.kind !== "approval") return "What now? (nothing runs until you choose)";
  return `Approve this? (${run} ${visibleLine(gate.gate)}, sha ${gate.digest.slice(0, 8)})`;
}

function choicesOf(gate: Gate, summary: RunSummary, { actor }: Asker): readonly Choice[] {
  if (gate.kind === "approval") {
    const how = isGrave(gate) ? ` (you will type: ${phraseOf(gate)})` : "";
    const excluded = whyNot(gate, summary, actor);
    const disabled = excluded === null ? {} : { disabled: `(not possible: ${shortly(excluded)})` };
    return [
      { value: "approve", name: `Approve${how}`, ...disabled },
      { value: "reject", name: "Reject ... (asks for a reason)" },
    ];
  }
  return gate.options.toSorted(byDanger).map(({ id, label, suggested, disabled }) => {
    const excluded = isApproval(gate, id) ? whyNot(gate, summary, actor) : null;
    const why = disabled ?? (excluded === null ? null : shortly(excluded));
    return {
      value: id,
      name: visibleLine(`${label} [${id}]${suggested ? " (suggested)" : ""}${typing(gate, id)}`),
      ...(why === null ? {} : { disabled: visibleLine(`(not possible: ${why})`) }),
    };
  });
}

function typing(gate: Gate, option: string): string {
  return allowsHarm(gate, option) ? ` (you will type: ${phraseOf(gate, option)})` : "";
}

/** What is suggested comes first, what is dangerous last. */
function byDanger(a: GateOption, b: GateOption): number {
  return Number(a.danger) - Number(b.danger) || Number(b.suggested) - Number(a.suggested);
}

function isGrave({ risk }: Gate): boolean {
  return risk === "high" || risk === "medium";
}

/** Undefined: the person wants to go back. */
async function decisionOf(gate: Gate, choice: string, asker: Asker): Promise<Decision | undefined> {
  if (gate.kind !== "approval") return chosen(gate, choice, asker);
  if (choice === "reject") {
    const reason = await reasonFor("reject", asker);
    return reason === "" ? undefined : { type: "reject", reason };
  }
  if (!isGrave(gate)) return { type: "approve", reason: "" };
  if (!(await hasTyped(phraseOf(gate), asker))) return undefined;
  const reason = await asker.text("Why, for the record (may stay empty)", isFine);
  return { type: "approve", reason: reason.trim() };
}

/** False: the person wants to go back. */
async function hasTyped(phrase: string, asker: Asker): Promise<boolean> {
  const typed = await asker.text(`Type \`${phrase}\` to approve (empty: back)`, (text) =>
    text.trim() === "" || isSame(text, phrase) ? null : `That is not \`${phrase}\`; nothing is approved.`,
  );
  return isSame(typed, phrase);
}

function isSame(typed: string, phrase: string): boolean {
  return typed.trim().replaceAll(/\s+/g, " ").toLowerCase() === phrase;
}

async function chosen(gate: Gate, choice: string, asker: Asker): Promise<Decision | undefined> {
  const option = gate.options.find(({ id }) => id === choice);
  if (option === undefined || option.disabled !== null) return undefined;
  if (allowsHarm(gate, choice) && !(await hasTyped(phraseOf(gate, choice), asker))) return undefined;
  const needsReason = option.danger || option.reasonNeeded;
  const reason = needsReason ? await reasonFor(visibleLine(option.id), asker) : "";
  if (needsReason && reason === "") return undefined;
  if (gate.shown["evidence"] === true)
    return { type: "choose", choice, reason, artifacts: await attached(asker) };
  if (gate.kind !== "inDoubt" || choice !== "done") return { type: "choose", choice, reason };
  const output = await asker.text(
    "What it returned, as JSON (may stay empty)",
    (text) => parsed(text).problem,
  );
  return { type: "choose", choice, reason, output: parsed(output).value };
}

async function attached(asker: Asker): Promise<readonly Artifact[]> {
  const artifacts: Artifact[] = [];
  for (;;) {
    const file = await asker.text("A file that shows it, such as a screenshot (empty: no more)", (typed) =>
      typed.trim() === "" ? null : asker.problemWith(typed),
    );
    if (file.trim() === "") return artifacts;
    artifacts.push(...(await asker.attach(file)));
  }
}

async function reasonFor(what: string, asker: Asker): Promise<string> {
  return (await asker.text(`Why ${what}? (empty: back)`, isFine)).trim();
}

function parsed(text: string): { readonly value: Json; readonly problem: string | null } {
  if (text.trim() === "") return { value: null, problem: null };
  try {
    return { value: toJson(JSON.parse(text)), problem: null };
  } catch (error) {
    return { value: null, problem: error instanceof Error ? error.message : "That is not JSON." };
  }
}

/** A choice is one line: the usual reason, which the person at the prompt knows, takes few words. */
function shortly({ code, message }: RunbookError): string {
  return code === "APPROVAL_BY_REQUESTER" ? "you asked for this run" : visibleLine(message);
}
