import { RunbookError } from "../model/error.ts";
import type { Actor, Draft, RunEvent } from "../model/event.ts";
import { viewOf, type FoldedRun } from "../model/run-view.ts";

export interface RevokeRequest {
  readonly run: string;
  /** The gate's or its step's name; needed only when more than one approval is unused. */
  readonly gate: string | null;
  readonly reason: string;
  readonly actor: Actor;
}

/**
 * The event that takes back an approval which no engine has used yet. Throws `APPROVAL_USED`, `APPROVAL_UNKNOWN`,
 * `REASON_NEEDED` or `RUN_ENDED`.
 */
export function revoke(events: readonly RunEvent[], revoking: RevokeRequest): Draft {
  const view = viewOf(events);
  const { run, endedAt, status, approvals } = view.summary;
  if (endedAt !== null)
    throw new RunbookError("RUN_ENDED", `Run ${run} ${status} at ${endedAt}; nothing is left to revoke.`);
  const matching = approvals.filter(({ gate }) => isNamed(gate, revoking.gate));
  const [only] = matching;
  if (only === undefined || new Set(matching.map(({ gate }) => gate.gate)).size > 1)
    throw unknown(view, revoking.gate);
  const { gate, digest } = only.gate;
  const reason = revoking.reason.trim();
  if (reason === "")
    throw new RunbookError("REASON_NEEDED", `To revoke the approval of gate \`${gate}\`, say why.`);
  return { run, type: "approval.revoked", actor: revoking.actor, data: { gate, digest, reason } };
}

/** Whether a person who says `name` means this gate. */
export function isNamed(
  { gate, step }: { readonly gate: string; readonly step: string },
  name: string | null,
): boolean {
  return name === null || gate === name || step === name;
}

function unknown({ summary, gates }: FoldedRun, name: string | null): RunbookError {
  const { run, approvals } = summary;
  const asked = gates.findLast(({ gate, answer }) => answer !== null && isNamed(gate, name));
  const used = asked?.used ?? null;
  if (asked !== undefined && used !== null) {
    const { gate } = asked.gate;
    return new RunbookError(
      "APPROVAL_USED",
      `The approval of gate \`${gate}\` of run ${run} was used at ${used.at}: what it allowed has begun.`,
    );
  }
  const unused = approvals.map(({ gate }) => `\`${gate.gate}\``).join(", ");
  return new RunbookError(
    "APPROVAL_UNKNOWN",
    `Run ${run} has no single approval${name === null ? "" : ` of gate \`${name}\``} that could be revoked (granted and not used: ${unused === "" ? "none" : unused}).`,
  );
}
