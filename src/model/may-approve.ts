import type { Actor, Gate } from "./event.ts";
import type { Risk } from "./step.ts";

/** Why an answer at a gate allows nothing. */
export type Exclusion = "engine" | "not practice" | "policy" | "requester" | "not named" | "twice";

/** What of a run decides who may approve in it. */
export interface ApprovalContext {
  readonly requester: string;
  readonly isPractice: boolean;
  /** Gates of which risks whoever drives the run approves in advance; null as long as nobody has said so. */
  readonly inAdvance: readonly Risk[] | null;
  /** Who has approved at this gate. */
  readonly given: readonly string[];
}

/** Why the answer of this actor allows nothing at this gate; null when it counts. */
export function exclusionOf(
  gate: Pick<Gate, "approvers" | "approvals" | "risk">,
  { requester, isPractice, inAdvance, given }: ApprovalContext,
  { kind, id }: Actor,
): Exclusion | null {
  if (kind === "engine") return "engine";
  // The practice world's operator plays everybody.
  if (kind === "practice") return isPractice ? null : "not practice";
  const { approvers, approvals, risk } = gate;
  if (kind === "policy") {
    const asksAnybody = approvers === "anyone" && approvals === undefined;
    return asksAnybody && risk !== "high" && (inAdvance ?? [risk]).includes(risk) ? null : "policy";
  }
  const person = personOf(id);
  if (approvers === "others" && person === personOf(requester)) return "requester";
  if (typeof approvers !== "string" && !approvers.includes(person)) return "not named";
  return given.some((other) => personOf(other) === person) ? "twice" : null;
}

/** Another account of this machine does not make another person. */
export function personOf(id: string): string {
  return /\(sudo by (.+)\)$/.exec(id)?.[1] ?? id;
}
