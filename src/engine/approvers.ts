import { RunbookError } from "../model/error.ts";
import type { Actor, Gate } from "../model/event.ts";
import { exclusionOf, personOf } from "../model/may-approve.ts";
import type { RunSummary } from "../model/summary.ts";

type ApprovalSummary = Pick<RunSummary, "run" | "requester" | "approvals">;

/** Why the gate does not let this person approve; null when it does. */
export function whyNot(
  gate: Gate,
  { run, requester, approvals }: ApprovalSummary,
  actor: Actor,
): RunbookError | null {
  const given = approvals.filter((one) => one.gate.gate === gate.gate).map(({ by }) => by);
  const { approvers, approvals: wanted = 1 } = gate;
  const at = `gate \`${gate.gate}\` of run ${run}`;
  // Whether this is practice is judged where the answer is used.
  switch (exclusionOf(gate, { requester, isPractice: true, inAdvance: null, given }, actor)) {
    case null:
    case "policy":
    case "not practice":
      return null;
    case "engine":
      return new RunbookError("APPROVER_EXCLUDED", `An engine cannot approve ${at}.`);
    case "requester":
      return new RunbookError(
        "APPROVAL_BY_REQUESTER",
        `${personOf(requester)} asked for run ${run}, so ${actor.id} cannot approve its gate \`${gate.gate}\`.`,
      );
    case "not named": {
      const names = typeof approvers === "string" ? approvers : approvers.join(", ");
      return new RunbookError("APPROVER_EXCLUDED", `Only ${names} may approve ${at}, not ${actor.id}.`);
    }
    case "twice":
      return new RunbookError(
        "APPROVER_EXCLUDED",
        `${actor.id} has approved ${at}; ${wanted - given.length} more of ${wanted} people have to.`,
      );
  }
}
