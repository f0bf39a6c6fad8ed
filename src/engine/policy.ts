/** What a person has said in advance: a gate that only asks for a yes to something of little risk is not asked about. */
import type { Actor, Draft, Gate } from "../model/event.ts";
import type { Risk } from "../model/step.ts";
import { granting } from "./decide.ts";
import { hasExpired } from "./gate.ts";
import type { Pending } from "./state.ts";

export interface Policy {
  /** Never `high`: what may do great harm is approved by a person who has seen it. */
  readonly approves: readonly Exclude<Risk, "high">[];
  /** Who said so, as whom the approvals are recorded. */
  readonly actor: Actor;
}

/** Whether nobody needs to be asked; a gate that says who has to approve, or how many, means people. */
export function covers(policy: Policy | undefined, gate: Gate): boolean {
  const risks: readonly Risk[] = policy?.approves ?? [];
  const asksAnybody = gate.approvers === "anyone" && gate.approvals === undefined;
  return gate.kind === "approval" && asksAnybody && risks.includes(gate.risk);
}

/** The approval that the policy gives at this gate; null where it gives none. */
export function approvalBy(
  policy: Policy | undefined,
  run: string,
  { gate, granted }: Pick<Extract<Pending, { readonly type: "gate" }>, "gate" | "granted">,
  now: Date,
): Draft | null {
  if (policy === undefined || gate === null || granted !== null || !covers(policy, gate)) return null;
  if (hasExpired(gate, now)) return null;
  const reason = `risk ${gate.risk} is approved in advance`;
  return { ...granting(gate, reason, now), run, actor: policy.actor };
}
