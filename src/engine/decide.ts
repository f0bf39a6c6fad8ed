import { toMilliseconds } from "../model/duration.ts";
import { RunbookError } from "../model/error.ts";
import type { Actor, Artifact, Draft, Gate, RunEvent } from "../model/event.ts";
import type { GateRecord } from "../model/gate-record.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { viewOf } from "../model/run-view.ts";
import { isApproval, letsBegin } from "../model/may-approve.ts";
import type { RunSummary } from "../model/summary.ts";
import { whyNot } from "./approvers.ts";
import { hasExpired } from "./gate.ts";
import { isNamed } from "./revoke.ts";

/** A person's answer to a gate, and the stored files that they attached to it. */
export type Decision = DecisionContent & { readonly artifacts?: readonly Artifact[] };

type DecisionContent =
  | { readonly type: "approve"; readonly reason: string }
  | { readonly type: "reject"; readonly reason: string }
  | { readonly type: "choose"; readonly choice: string; readonly reason: string; readonly output?: Json }
  | { readonly type: "give"; readonly values: JsonObject };

export interface DecisionRequest {
  readonly run: string;
  /** The gate's or its step's name; needed only when more than one is open. */
  readonly gate: string | null;
  /** At least 8 digits of the digest of what the person saw; null when that was on this screen just now. */
  readonly digest: string | null;
  readonly decision: Decision;
  readonly actor: Actor;
}

/**
 * The event that records a decision. It does not move the run: the engine that drives the run, or the next one to do
 * so, folds it. Throws `GATE_NOT_OPEN`, `GATE_ANSWERED`, `GATE_CHANGED`, `GATE_EXPIRED`, `APPROVAL_BY_REQUESTER`,
 * `APPROVER_EXCLUDED`, `CHOICE_UNKNOWN` or `REASON_NEEDED`.
 */
export function decide(events: readonly RunEvent[], deciding: DecisionRequest, now: Date): Draft {
  const { summary, gates } = viewOf(events);
  const gate = openGate(summary, deciding, gates);
  if (hasExpired(gate, now)) {
    throw new RunbookError(
      "GATE_EXPIRED",
      `Gate \`${gate.gate}\` of run ${summary.run} expired at ${gate.expiresAt}.`,
    );
  }
  const { digest, actor, decision } = deciding;
  if (digest !== null && !hasDigest(gate, digest)) {
    throw new RunbookError(
      "GATE_CHANGED",
      `Gate \`${gate.gate}\` of run ${summary.run} shows ${gate.digest.slice(0, 12)}, not ${digest}${shownWhere(gates, digest)}.`,
    );
  }
  const excluded = needsApprover(gate, decision) ? whyNot(gate, summary, actor) : null;
  if (excluded !== null) throw excluded;
  const { artifacts = [] } = decision;
  const attached = artifacts.length === 0 ? {} : { artifacts };
  return { ...answer(gate, decision, now), run: summary.run, actor, ...attached } as Draft;
}

/** Whether a person means this gate by the digits of a digest. */
function hasDigest(gate: Gate, digits: string | null): boolean {
  return digits !== null && digits.length >= 8 && gate.digest.startsWith(digits.toLowerCase());
}

/** Which gate showed what the person names: an old one, or none of this run. */
function shownWhere(gates: readonly GateRecord[], digest: string): string {
  const asked = gates.find(({ gate }) => hasDigest(gate, digest));
  return asked === undefined
    ? ", which no gate of this run has shown"
    : `, which is what gate \`${asked.gate.gate}\` showed at ${asked.openedAt}`;
}

/** The gate that is meant; with several open it has to be named. */
function openGate(
  summary: RunSummary,
  { gate: name, digest }: Pick<DecisionRequest, "gate" | "digest">,
  gates: readonly GateRecord[],
): Gate {
  const matching = summary.gates.filter((gate) => isNamed(gate, name));
  const [only] = matching;
  if (only !== undefined && matching.length === 1) return only;
  const open = summary.gates.map(({ gate }) => `\`${gate}\``).join(", ");
  if (summary.endedAt !== null) {
    throw new RunbookError(
      "RUN_ENDED",
      `Run ${summary.run} ${summary.status} at ${summary.endedAt}; nothing is open.`,
    );
  }
  const answered = gates.findLast(
    (asked) =>
      asked.answer !== null && (name === null ? hasDigest(asked.gate, digest) : isNamed(asked.gate, name)),
  );
  if (matching.length === 0 && answered !== undefined) throw alreadyAnswered(summary.run, answered);
  const what = name === null ? "one gate" : `the gate \`${name}\``;
  throw new RunbookError(
    "GATE_NOT_OPEN",
    `Run ${summary.run} does not have ${what} open (open: ${open === "" ? "none" : open}).`,
  );
}

function alreadyAnswered(run: string, { gate, answer: last }: GateRecord): RunbookError {
  const by = last === null ? "" : `: \`${last.type}\` by ${last.actor.id} at ${last.at}`;
  return new RunbookError("GATE_ANSWERED", `Gate \`${gate.gate}\` of run ${run} was answered${by}.`);
}

function answer(gate: Gate, decision: Decision, now: Date): Pick<Draft, "type" | "data"> {
  const bound = { gate: gate.gate, digest: gate.digest };
  const reason = "reason" in decision ? decision.reason.trim() : "";
  switch (decision.type) {
    case "approve":
      expectKind(gate, "approval", decision.type);
      return granting(gate, reason, now);
    case "reject":
      expectKind(gate, "approval", decision.type);
      if (reason === "") throw reasonNeeded(gate, "reject");
      return { type: "approval.denied", data: { ...bound, reason } };
    case "give":
      expectKind(gate, "input", decision.type);
      return { type: "input.given", data: { ...bound, values: checked(gate, decision.values) } };
    case "choose": {
      const option = gate.options.find(({ id }) => id === decision.choice);
      if (option === undefined || option.disabled !== null) throw unknownChoice(gate, decision.choice);
      if (option.reasonNeeded && reason === "") throw reasonNeeded(gate, option.id);
      return {
        type: "decision.made",
        data: {
          ...bound,
          choice: option.id,
          reason,
          output: decision.output ?? null,
          ...(letsBegin(gate, option.id) ? { useBy: useByOf(gate, now) } : {}),
        },
      };
    }
  }
}

function needsApprover(gate: Gate, decision: Decision): boolean {
  if (decision.type === "approve") return true;
  return decision.type === "choose" && isApproval(gate, decision.choice);
}

function useByOf({ usableFor }: Gate, now: Date): string | null {
  return usableFor === null ? null : new Date(now.getTime() + toMilliseconds(usableFor)).toISOString();
}

/** An approval of what the gate shows, usable for as long as the gate says. */
export function granting(
  gate: Gate,
  reason: string,
  now: Date,
): Pick<Extract<Draft, { readonly type: "approval.granted" }>, "type" | "data"> {
  const data = { gate: gate.gate, digest: gate.digest, reason, useBy: useByOf(gate, now) };
  return { type: "approval.granted", data };
}

function expectKind(gate: Gate, kind: Gate["kind"], verb: string): void {
  if (gate.kind === kind) return;
  const use = gate.kind === "approval" ? "approve or reject" : "decide";
  throw new RunbookError(
    "CHOICE_UNKNOWN",
    `Gate \`${gate.gate}\` asks for a ${gate.kind}, so \`${verb}\` does not answer it; use ${use}.`,
  );
}

function unknownChoice(gate: Gate, choice: string): RunbookError {
  const options = gate.options.map(({ id, disabled }) => (disabled === null ? id : `${id} (${disabled})`));
  return new RunbookError(
    "CHOICE_UNKNOWN",
    `Gate \`${gate.gate}\` has no open option \`${choice}\`: ${options.join(", ")}.`,
  );
}

function reasonNeeded(gate: Gate, choice: string): RunbookError {
  return new RunbookError("REASON_NEEDED", `To answer \`${choice}\` at gate \`${gate.gate}\`, say why.`);
}

interface FormField {
  readonly name: string;
  readonly type: string;
  readonly choices: readonly string[];
  readonly required: boolean;
}

function fieldsOf({ shown }: Gate): readonly FormField[] {
  const fields = (shown["fields"] ?? []) as readonly JsonObject[];
  return fields.map(({ name, type, choices, required }) => ({
    name: typeof name === "string" ? name : "",
    type: typeof type === "string" ? type : "text",
    choices: Array.isArray(choices) ? choices.filter((choice) => typeof choice === "string") : [],
    required: required !== false,
  }));
}

/** Only the fields that were asked for, all that are required, each of its type. */
function checked(gate: Gate, values: JsonObject): JsonObject {
  const fields = fieldsOf(gate);
  const missing = fields.filter(({ name, required }) => required && values[name] === undefined);
  if (missing.length > 0) {
    const names = missing.map(({ name }) => `\`${name}\``).join(", ");
    throw new RunbookError("INPUT_MISSING", `Gate \`${gate.gate}\` also asks for ${names}.`);
  }
  const given = fields.filter(({ name }) => values[name] !== undefined);
  const wrong = given.find((field) => !fits(field, values[field.name]));
  if (wrong !== undefined) {
    const { name, type, choices } = wrong;
    const wanted = type === "choice" ? `one of ${choices.join(", ")}` : `a value of type ${type}`;
    throw new RunbookError("INPUT_MALFORMED", `Gate \`${gate.gate}\` asks for ${wanted} as \`${name}\`.`);
  }
  return Object.fromEntries(given.map(({ name }) => [name, values[name] ?? null]));
}

function fits({ type, choices }: FormField, value: Json | undefined): boolean {
  switch (type) {
    case "integer":
      return Number.isSafeInteger(value);
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "choice":
      return typeof value === "string" && choices.includes(value);
    default:
      return typeof value === "string";
  }
}
