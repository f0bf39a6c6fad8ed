/** What people record on a run that an engine may be driving just then. */
import { decide, type DecisionRequest } from "../engine/decide.ts";
import { isNamed, revoke, type RevokeRequest } from "../engine/revoke.ts";
import { RunbookError } from "../model/error.ts";
import type { Actor, Draft, RunEvent } from "../model/event.ts";
import type { RunSummary } from "../model/summary.ts";
import { attachFiles } from "./attach-files.ts";
import { eventsOf, rowOf, summaryOf } from "./find-run.ts";
import type { Workspace } from "./workspace.ts";

/** Appends what a person decides on the events as they are: again on the newer ones when somebody else was quicker. */
export function recordDecision(
  { store, redactor, notice, now }: Workspace,
  run: string,
  decided: (events: readonly RunEvent[], now: Date) => Draft,
): RunEvent {
  for (;;) {
    const events = eventsOf(store, run);
    const at = now();
    const draft = redactor.json(decided(events, at) as never);
    const seen = new Map([[run, events.length]]);
    const committed = store.log.append(
      { at: at.toISOString(), drafts: [draft], seen, snapshots: new Map() },
      null,
    );
    const [event] = committed.type === "stored" ? committed.events : [];
    if (event === undefined) continue;
    store.anchor.note(store.log.head(), true);
    notice();
    return event;
  }
}

/** Records an answer to a gate; the engine that drives the run, or the next one to do so, goes on with it. Throws as `decide` does. */
export function decideGate(workspace: Workspace, deciding: DecisionRequest): RunEvent {
  return recordDecision(workspace, deciding.run, (events, now) => decide(events, deciding, now));
}

/** The same with files that show it; an answer that is not taken leaves none of them behind. */
export async function decideWithFiles(
  workspace: Workspace,
  deciding: DecisionRequest,
  files: readonly string[],
): Promise<RunEvent> {
  const { run, decision } = deciding;
  if (files.length > 0) decide(workspace.store.log.events(run), deciding, workspace.now());
  const artifacts = await attachFiles(workspace, run, files);
  return decideGate(workspace, { ...deciding, decision: { ...decision, artifacts } });
}

/** Takes back an approval that no engine has used yet; the gate asks again. Throws as `revoke` does. */
export function revokeApproval(workspace: Workspace, revoking: RevokeRequest): RunEvent {
  return recordDecision(workspace, revoking.run, (events) => revoke(events, revoking));
}

/** Asks whichever engine drives a run to end it; does not wait for that. Throws `REASON_NEEDED` or `RUN_ENDED`. */
export function requestCancel(
  workspace: Workspace,
  run: string,
  { reason, actor }: { readonly reason: string; readonly actor: Actor },
): void {
  requireReason(reason);
  const { endedAt, status } = summaryOf(workspace.store, run);
  if (endedAt !== null)
    throw new RunbookError("RUN_ENDED", `Run ${run} has already ${status}, so it cannot be cancelled.`);
  append(workspace, { run, type: "cancel.requested", actor, data: { reason } });
  workspace.notice();
}

/** Throws `REASON_NEEDED` for a cancellation that nobody would understand later. */
export function requireReason(reason: string): void {
  if (reason.trim() === "") throw new RunbookError("REASON_NEEDED", "To cancel a run, say why.");
}

/** The run in which the gate is open: a gate of a child run may be named by the root's id, which is all that the person knows. */
export function runWithGate(workspace: Workspace, named: string, gate: string | null): string {
  return ownerOf(workspace, named, ({ gates }) => gates.some((open) => isNamed(open, gate)));
}

/** The run that has the unused approval, found in the same way. */
export function runWithApproval(workspace: Workspace, named: string, gate: string | null): string {
  return ownerOf(workspace, named, ({ approvals }) => approvals.some((unused) => isNamed(unused.gate, gate)));
}

function ownerOf({ store }: Workspace, named: string, isMeant: (summary: RunSummary) => boolean): string {
  const { run, root, parent } = rowOf(store, named);
  const members = parent === null ? store.runTree(root).map((member) => member.run) : [run];
  const matches = members.filter((member) => isMeant(summaryOf(store, member)));
  const [only] = matches;
  return only !== undefined && matches.length === 1 ? only : run;
}

/** Appends an event that depends on no other, without the secrets that are known. */
export function append({ store, redactor }: Pick<Workspace, "store" | "redactor">, draft: Draft): void {
  const drafts = [redactor.json(draft as never)];
  store.log.append({ drafts, seen: new Map(), snapshots: new Map() }, null);
}
