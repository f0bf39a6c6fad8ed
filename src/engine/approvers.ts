import { RunbookError } from "../model/error.ts";
import type { Actor, Gate } from "../model/event.ts";
import type { RunSummary } from "../model/summary-shape.ts";

type Asked = Pick<RunSummary, "run" | "requester" | "approvals">;

/** Why the gate does not let this person approve; null when it does. */
export function whyNot(gate: Gate, { run, requester, approvals }: Asked, actor: Actor): RunbookError | null {
  // The practice world's operator plays everybody.
  if (actor.kind === "practice") return null;
  const { approvers } = gate;
  const person = personOf(actor.id);
  const at = `gate \`${gate.gate}\` of run ${run}`;
  if (approvers === "others" && person === personOf(requester))
    return new RunbookError(
      "APPROVAL_BY_REQUESTER",
      `${person} asked for run ${run}, so ${actor.id} cannot approve its gate \`${gate.gate}\`.`,
    );
  if (typeof approvers !== "string" && !approvers.includes(person))
    return new RunbookError(
      "APPROVER_EXCLUDED",
      `Only ${approvers.join(", ")} may approve ${at}, not ${actor.id}.`,
    );
  const given = approvals.filter((one) => one.gate.gate === gate.gate);
  if (given.some(({ by }) => personOf(by) === person))
    return new RunbookError(
      "APPROVER_EXCLUDED",
      `${actor.id} has approved ${at}; ${(gate.approvals ?? 1) - given.length} more of ${gate.approvals ?? 1} people have to.`,
    );
  return null;
}

/** Another account of this machine does not make another person. */
function personOf(id: string): string {
  return /\(sudo by (.+)\)$/.exec(id)?.[1] ?? id;
}
