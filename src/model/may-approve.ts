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
  const names = namesOf(id);
  const isOneOf = (others: readonly string[]): boolean => names.some((name) => others.includes(name));
  if (approvers === "others" && isOneOf(namesOf(requester))) return "requester";
  if (typeof approvers !== "string" && !approvers.includes(personOf(id))) return "not named";
  return given.some((other) => isOneOf(namesOf(other))) ? "twice" : null;
}

/**
 * Whether an answer is an approval, which only some people may give: each yes, the option that allows a write, and what
 * became of one that is in doubt, because the run goes on by it. Whoever only ends the run may be anybody.
 */
export function isApproval(
  { kind, covers = [] }: Pick<Gate, "kind" | "covers">,
  choice: string | null,
): boolean {
  if (choice === null) return true;
  return kind === "inDoubt" ? choice !== "cancel" : letsBegin({ covers }, choice);
}

/** Whether choosing this option is the approval of a write that it leads to. */
export function letsBegin({ covers = [] }: Pick<Gate, "covers">, choice: string): boolean {
  return covers.some(({ option }) => option === choice);
}

/** The person that the kernel named: what stands behind it came from the environment, and older records say `sudo by`. */
export function personOf(id: string): string {
  return namesOf(id)[0] ?? id;
}

/** Whom a person may be, first by the kernel's word: to be excluded, one of these names is enough. */
function namesOf(id: string): readonly string[] {
  const [, kernel, environment] = /^(.*) \((?:SUDO_USER=|sudo by )(.+)\)$/.exec(id) ?? [];
  return kernel === undefined || environment === undefined ? [id] : [kernel, environment];
}
