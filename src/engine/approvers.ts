import { RunbookError } from "../model/error.ts";
import type { Actor, Gate } from "../model/event.ts";

/** Whether the gate lets this person approve what `requester` asked for. */
export function mayApprove({ approvers }: Pick<Gate, "approvers">, requester: string, actor: Actor): boolean {
  if (approvers === "anyone") return true;
  // The practice world's operator plays everybody.
  return actor.kind === "practice" || personOf(actor.id) !== personOf(requester);
}

export function requireApprover(run: string, gate: Gate, requester: string, actor: Actor): void {
  if (mayApprove(gate, requester, actor)) return;
  throw new RunbookError(
    "APPROVAL_BY_REQUESTER",
    `${personOf(requester)} asked for run ${run}, so ${actor.id} cannot approve its gate \`${gate.gate}\`.`,
  );
}

/** Another account of this machine does not make another person. */
function personOf(id: string): string {
  return /\(sudo by (.+)\)$/.exec(id)?.[1] ?? id;
}
