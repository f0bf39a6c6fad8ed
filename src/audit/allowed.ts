/** Whether a run's writes were allowed and its answers counted: the engine's rule, asked again of every event. */
import {
  afterEvent,
  noAllowances,
  permitFor,
  type Allowances,
  type Permit,
  type Write,
} from "../model/allowance.ts";
import { isOf, type RunEvent, type EventOf } from "../model/event.ts";
import type { JsonObject } from "../model/json.ts";
import { exclusionOf, isApproval, type Exclusion } from "../model/may-approve.ts";

/** What is followed of each run. */
export interface FollowedAllowances {
  readonly allowances: Map<string, Allowances>;
  /** Runs that say which writes their approvals cover; older ones are judged by what gates showed. */
  readonly covering: Set<string>;
  /** Writes of medium risk that began without an approval, because the runbook accepts that. */
  readonly accepted: string[];
}

/** Writes that every verifier knows: what an approval of them shows, and where their input says it. */
export const subjects: Readonly<Record<string, readonly [shown: string, given: string]>> = {
  "terraform.apply": ["plan", "sha256"],
  "terraform.force-unlock": ["lock", "lockId"],
  "terraform.push-state": ["state", "sha256"],
  "ecs.update-service": ["taskDefinition", "taskDefinition"],
};

/** What is wrong with an event, if anything is; the run is followed on. */
export function wrongAt(event: RunEvent, followed: FollowedAllowances): string | null {
  const { allowances, covering } = followed;
  const known = allowances.get(event.run);
  const wrong = known === undefined ? notStarted(event) : faultOf(event, known, followed);
  allowances.set(event.run, afterEvent(known ?? noAllowances, event));
  if ("covers" in event.data || "binds" in event.data) covering.add(event.run);
  return wrong;
}

function notStarted({ type }: RunEvent): string | null {
  return type === "run.started" ? null : "the run has not started";
}

function faultOf(event: RunEvent, known: Allowances, followed: FollowedAllowances): string | null {
  if (isOf(event, "approval.granted", "decision.made")) return answerFault(event, known);
  if (isOf(event, "approval.used")) {
    const asked = known.gates[event.data.gate];
    const isEnough = asked === undefined || asked.by.length >= (asked.gate.approvals ?? 1);
    return isEnough ? null : `fewer have approved gate \`${event.data.gate}\` than have to`;
  }
  const isJudged =
    isOf(event, "step.started") &&
    event.data.effect === "write" &&
    (followed.covering.has(event.run) || event.data.binds !== undefined);
  return isJudged ? writeFault(event, known, followed) : null;
}

const whyNot: Readonly<Record<Exclusion, string>> = {
  engine: "an engine approves nothing",
  "not practice": "the practice operator approves only in practice",
  policy: "what is approved in advance does not go so far",
  requester: "the person who asked for the run may not",
  "not named": "only named people may",
  twice: "one person counts once",
};

function answerFault(
  { actor, data }: EventOf<"approval.granted" | "decision.made">,
  known: Allowances,
): string | null {
  const asked = known.gates[data.gate];
  if (asked === undefined || !isApproval(asked.gate, "choice" in data ? data.choice : null)) return null;
  const why = exclusionOf(asked.gate, { ...known, given: asked.by }, actor);
  return why === null
    ? null
    : `the answer of ${actor.id} at gate \`${data.gate}\` does not count: ${whyNot[why]}`;
}

function writeFault(
  event: EventOf<"step.started">,
  known: Allowances,
  { accepted }: FollowedAllowances,
): string | null {
  const { step, key, risk, binds = [], kind, input, allowedBy = null, accepted: reason } = event.data;
  const write: Write = { step, key, risk, binds, isAccepted: reason !== undefined };
  const permit = permitFor(known, write, event.at);
  if ("refused" in permit) return refusal(step, permit);
  if (permit.by !== allowedBy)
    return `\`${step}\` names the approval of ${nameOf(allowedBy)}, and ${nameOf(permit.by)} allows it`;
  const [name, field = ""] = subjects[kind] ?? [];
  const given = (input as JsonObject)[field];
  const about = name === undefined ? null : `${name}:${typeof given === "string" ? given : ""}`;
  if (about !== null && !binds.includes(about)) return `\`${step}\` does not say that it is about ${about}`;
  if (permit.by === null && risk === "medium") accepted.push(step);
  return null;
}

function refusal(step: string, { refused, former }: Extract<Permit, { readonly refused: string }>): string {
  const at = former === null ? "" : ` (gate \`${former}\`)`;
  switch (refused) {
    case "APPROVAL_MISSING":
      return `no approval covers \`${step}\`${at}`;
    case "APPROVAL_EXPIRED":
      return `the approval of \`${step}\` was to be used before${at}`;
    case "APPROVAL_VOID":
      return `what \`${step}\` is about was not approved: another was shown${at}`;
  }
}

function nameOf(gate: string | null): string {
  return gate === null ? "no gate" : `gate \`${gate}\``;
}
