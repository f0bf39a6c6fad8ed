/**
 * A run folded for readers: the one place where events become steps, attempts, gates, waits and whatever else people
 * read. What a reader wants to know is a part of the view or made of it, and never another loop over the events.
 *
 * A view belongs to whoever made it. `apply` changes it in place, behind types that let nobody else: a copy for each
 * event would make the cost of a run grow with the square of its length. So an event costs the same however many came
 * before it, but for what is open at the same time (gates and timers), which is looked through. What is in the lists is
 * never changed, only replaced.
 */
import { isOf, type RunEnd, type RunEvent, type EventOf } from "./event.ts";
import { evidenceOf } from "./event-evidence.ts";
import { answerGate, openGate, useApproval } from "./run-view-gates.ts";
import type { FoldedRun } from "./run-view-shape.ts";
import { emptyView, replace, type ChangingView } from "./run-view-state.ts";
import {
  armTimer,
  attemptNews,
  endChild,
  endTimer,
  refuseStep,
  startChild,
  startStep,
} from "./run-view-steps.ts";

export type { FoldedRun } from "./run-view-shape.ts";

/** Folds the events of one run, which must begin with its start. */
export function viewOf(events: readonly RunEvent[]): FoldedRun {
  const [first] = events;
  if (first === undefined || !isOf(first, "run.started"))
    throw new Error("A run's record begins with its start.");
  const view = emptyView(first);
  for (const event of events) apply(view, event);
  return view;
}

/** Takes an event into the view of its run, which the first of its events makes. */
export function applyTo(views: Map<string, FoldedRun>, event: RunEvent): FoldedRun {
  const known = views.get(event.run);
  if (known !== undefined) {
    apply(known, event);
    return known;
  }
  const view = viewOf([event]);
  views.set(event.run, view);
  return view;
}

/** Takes the next event of the run into its view, which is changed. */
export function apply(view: FoldedRun, event: RunEvent): void {
  const own = view as ChangingView;
  const { summary } = own;
  summary.events += 1;
  summary.lastAt = event.at;
  const kept = evidenceOf(event);
  if (kept !== null) own.kept.push(kept);
  fold(own, event);
  if (summary.endedAt === null) summary.status = isWaiting(own) ? "waiting" : "running";
}

/** Whether nothing but people or time can take the run on. */
function isWaiting({ running, inside, summary: { gates, timers } }: ChangingView): boolean {
  return running === 0 && inside === 0 && gates.length + timers.length > 0;
}

function fold(view: ChangingView, event: RunEvent): void {
  switch (event.type) {
    case "step.started":
      return startStep(view, event);
    case "step.succeeded":
    case "step.failed":
    case "step.cancelled":
    case "step.inDoubt":
    case "step.reconciled":
      return attemptNews(view, event);
    case "step.refused":
      return refuseStep(view, event);
    case "gate.opened":
      return openGate(view, event);
    case "approval.granted":
    case "approval.denied":
    case "decision.made":
    case "input.given":
      view.words.push(event);
      return answerGate(view, event);
    case "approval.revoked":
    case "gate.closed":
      return answerGate(view, event);
    case "approval.used":
      return useApproval(view, event);
    case "timer.armed":
      return armTimer(view, event);
    case "timer.fired":
    case "timer.cancelled":
      return endTimer(view, event);
    case "child.started":
      return startChild(view, event);
    case "child.ended":
      return endChild(view, event);
    case "run.resumed":
    case "run.migrated":
      return goOn(view, event);
    case "run.succeeded":
    case "run.failed":
    case "run.cancelled":
      return end(view, event);
    case "run.faulted":
    case "criterion.evaluated":
    case "finding.recorded":
    case "followUp.added":
    case "lease.acquired":
    case "rollback.accepted":
    case "record.signedOff":
      return keep(view, event);
    default:
      // The compiler refuses this line as long as there is another event that nobody folds.
      event satisfies UnfoldedEvent;
  }
}

/** They change nothing in a view. */
type UnfoldedEvent = EventOf<
  | "run.started"
  | "run.interrupted"
  | "cancel.requested"
  | "plan.used"
  | "clock.jumped"
  | "record.exported"
  | "record.pruned"
>;

type KeptEvent = EventOf<
  | "run.faulted"
  | "criterion.evaluated"
  | "finding.recorded"
  | "followUp.added"
  | "lease.acquired"
  | "rollback.accepted"
  | "record.signedOff"
>;

/** What moves nothing is kept as it was said. */
function keep(view: ChangingView, event: KeptEvent): void {
  switch (event.type) {
    case "run.faulted":
      view.summary.fault = event.data.failure;
      return;
    case "criterion.evaluated":
      return judge(view, event);
    case "finding.recorded":
      view.findings.push(event);
      view.summary.findings.push(event.data);
      return;
    case "followUp.added":
      view.summary.followUps.push(event.data);
      return;
    case "lease.acquired":
      view.leases.push(event);
      return;
    case "rollback.accepted":
      view.rollbacks.push(event);
      return;
    case "record.signedOff":
      view.signOffs.push(event);
      return;
  }
}

/** A run that goes on tries what was at fault again. */
function goOn(view: ChangingView, event: EventOf<"run.resumed" | "run.migrated">): void {
  view.summary.fault = null;
  if (event.type === "run.resumed") view.resumptions.push(event);
  else view.migrations.push(event);
}

function end(
  { summary }: ChangingView,
  event: EventOf<"run.succeeded" | "run.failed" | "run.cancelled">,
): void {
  summary.status = event.type.slice("run.".length) as RunEnd;
  summary.reason = event.data.reason;
  summary.endedAt = event.at;
}

function judge(view: ChangingView, event: EventOf<"criterion.evaluated">): void {
  view.verdicts.push(event);
  const { id, verdict, evidence } = event.data;
  replace(view.summary.criteria, view.at.criteria, id, (criterion) => ({
    ...criterion,
    verdict,
    evidence,
    evaluatedAt: event.at,
  }));
}
