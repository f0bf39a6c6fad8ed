import { formatMilliseconds } from "./duration.ts";
import type { RunEvent, EventOf } from "./event.ts";
import { attachedTo } from "./event-evidence.ts";
import { outcomeText } from "./outcome-text.ts";
import { roleOfTimer } from "./state-ids.ts";

/**
 * What an event says, in one line for people; what was stored in it is not escaped. Who knows the kind of the step that
 * it is about is also told what came of that step: one that ended well may have brought bad news.
 */
export function eventText(event: RunEvent, kind: string | null = null): string {
  switch (event.type) {
    case "run.started":
      return started(event);
    case "run.resumed":
      return `resumed: ${event.data.note}`;
    case "run.interrupted":
      return `stopped, to continue later: ${event.data.reason}`;
    case "run.migrated":
      return `continues with runbook source ${short(event.data.to.source)} instead of ${short(event.data.from.source)}`;
    case "run.faulted":
      return `the runbook is at fault: ${event.data.failure.code}: ${event.data.failure.message}`;
    case "run.succeeded":
      return `run SUCCEEDED: ${event.data.reason}`;
    case "run.failed":
      return `run FAILED: ${[event.data.reason, ...event.data.criteria].join(", ")}`;
    case "run.cancelled":
      return `run CANCELLED: ${event.data.reason}${leftRunning(event.data.leftRunning)}`;
    case "cancel.requested":
      return `asked to cancel: ${event.data.reason}`;
    case "timer.armed":
      return `waits until ${event.data.due} (${roleOfTimer(event.data).state})`;
    case "timer.fired":
      return `the wait is over (${roleOfTimer(event.data).state})`;
    case "timer.cancelled":
      return `the wait was called off (${roleOfTimer(event.data).state})`;
    case "child.started":
      return `${event.data.step}: child run ${event.data.run} of ${event.data.runbook} started`;
    case "child.ended":
      return `${event.data.step}: child run ${event.data.run} ${event.data.status.toUpperCase()}`;
    case "finding.recorded":
      return `finding (${event.data.status}): ${event.data.text}`;
    case "criterion.evaluated":
      return `criterion ${event.data.id} ${event.data.verdict.toUpperCase()}: ${event.data.title}`;
    case "followUp.added":
      return `follow-up for ${event.data.owner}, due ${event.data.due}: ${event.data.title}`;
    case "lease.acquired":
    case "plan.used":
    case "clock.jumped":
    case "rollback.accepted":
    case "record.exported":
    case "record.signedOff":
    case "record.pruned":
      return recordText(event);
    case "step.refused":
    case "step.started":
    case "step.succeeded":
    case "step.failed":
    case "step.cancelled":
    case "step.inDoubt":
    case "step.reconciled":
      return stepText(event, kind);
    default:
      return gateText(event);
  }
}

type RecordEvent = EventOf<
  | "lease.acquired"
  | "plan.used"
  | "clock.jumped"
  | "rollback.accepted"
  | "record.exported"
  | "record.signedOff"
  | "record.pruned"
>;

/** What happened to the record itself, and who writes it. */
function recordText(event: RecordEvent): string {
  switch (event.type) {
    case "lease.acquired":
      return `${event.data.user} drives the run from ${event.data.host} (pid ${event.data.pid})${inAdvance(event.data)}`;
    case "clock.jumped":
      return clockJump(event.data);
    case "plan.used":
      return `took ${event.data.name}: nothing else may use it any more`;
    case "rollback.accepted":
      return `ROLLBACK ACCEPTED: event ${event.data.was.seq} was noted, the log continues after ${event.data.is.seq}${because(event.data.reason)}`;
    case "record.exported":
      return exported(event);
    case "record.signedOff":
      return `SIGNED OFF up to event ${event.data.head.seq} (${short(event.data.head.hash)})${because(event.data.reason)}`;
    case "record.pruned":
      return `PRUNED: what ${event.data.runs.join(", ")} recorded up to here is gone${because(event.data.reason)}`;
  }
}

/** Where the clock that the times of the record come from was wrong, or is. */
export function clockJump({ clock, expected, by }: EventOf<"clock.jumped">["data"]): string {
  const ahead = Date.parse(clock) - Date.parse(expected);
  const size = formatMilliseconds(Math.abs(ahead));
  if (ahead > 0) return `CLOCK WENT AHEAD by ${size}: it shows ${clock}, and the record's time follows it`;
  const how = by === "record" ? "CLOCK IS BEHIND THE RECORD" : "CLOCK WENT BACK";
  return `${how} by ${size}: it shows ${clock}; until it has caught up, the record's time continues without it`;
}

type StepEvent = EventOf<
  | "step.refused"
  | "step.started"
  | "step.succeeded"
  | "step.failed"
  | "step.cancelled"
  | "step.inDoubt"
  | "step.reconciled"
>;

function stepText(event: StepEvent, kind: string | null): string {
  const attempt = event.type === "step.refused" ? 1 : event.data.attempt;
  const name = `${event.data.step}${attempt > 1 ? ` (attempt ${attempt})` : ""}`;
  switch (event.type) {
    case "step.refused":
      return `${name}: NOT BEGUN: ${event.data.failure.code}: ${event.data.failure.message}`;
    case "step.started":
      return `${name}: started: ${event.data.describe}`;
    case "step.succeeded": {
      const outcome = outcomeText(kind, event.data.output);
      if (outcome === undefined) return `${name}: succeeded`;
      return `${name}: ${outcome.good ? "succeeded" : "ended"}: ${outcome.text}`;
    }
    case "step.failed":
      return `${name}: FAILED: ${event.data.failure.code}: ${event.data.failure.message}`;
    case "step.cancelled":
      return `${name}: cancelled: ${event.data.reason}`;
    case "step.inDoubt":
      return `${name}: IN DOUBT: ${event.data.why}`;
    case "step.reconciled":
      return `${name}: settled as ${event.data.verdict} by the ${event.data.by}: ${event.data.why}`;
  }
}

type GateEvent = EventOf<
  | "gate.opened"
  | "gate.closed"
  | "approval.granted"
  | "approval.denied"
  | "approval.revoked"
  | "approval.used"
  | "decision.made"
  | "input.given"
>;

function gateText(event: GateEvent): string {
  switch (event.type) {
    case "gate.opened":
      return `${event.data.gate}: asks: ${event.data.title} (risk ${event.data.risk}, shown ${short(event.data.digest)})`;
    case "gate.closed":
      return `${event.data.gate}: ${closing(event.data.why)}`;
    case "approval.granted":
      return `${event.data.gate}: APPROVED${because(event.data.reason)}${attachedTo(event)}${until(event.data.useBy)}`;
    case "approval.revoked":
      return `${event.data.gate}: approval REVOKED before it was used${because(event.data.reason)}`;
    case "approval.used":
      return `${event.data.gate}: the approval is used`;
    case "approval.denied":
      return `${event.data.gate}: REJECTED${because(event.data.reason)}${attachedTo(event)}`;
    case "decision.made":
      return `${event.data.gate}: chose ${event.data.choice}${because(event.data.reason)}${attachedTo(event)}`;
    case "input.given":
      return `${event.data.gate}: gave ${Object.keys(event.data.values).join(", ")}`;
  }
}

/** What need not be asked while this process drives the run. */
function inAdvance({ approves = [] }: EventOf<"lease.acquired">["data"]): string {
  return approves.length === 0 ? "" : `; gates of risk ${approves.join(", ")} are APPROVED IN ADVANCE`;
}

function exported({ data: { to, withheld } }: EventOf<"record.exported">): string {
  const without = withheld.length === 0 ? "" : `, without what ${withheld.length} events say`;
  return `record exported for ${to}${without}`;
}

function started({ data: { runbook, target, parent } }: EventOf<"run.started">): string {
  const place = target === null ? "" : ` on ${placeOf(target)}`;
  const inside = parent === null ? "" : ` inside ${parent.run} (${parent.step})`;
  return `run of ${runbook.id} started${inside}${place}`;
}

function placeOf(target: NonNullable<EventOf<"run.started">["data"]["target"]>): string {
  const world = target.practice === null ? "" : `PRACTICE WORLD ${target.practice}, `;
  return `${world}aws ${target.account} ${target.region}`;
}

function leftRunning(names: readonly string[]): string {
  return names.length === 0 ? "" : `; still running: ${names.join(", ")}`;
}

function because(reason: string): string {
  return reason === "" ? ", no reason given" : `, because: ${reason}`;
}

function closing(why: EventOf<"gate.closed">["data"]["why"]): string {
  if (why === "approval expired") return "the approval was not used in time; the gate asks again";
  if (why === "runbook changed")
    return "closed, because the run follows another runbook now; the gate asks again";
  return `closed without an answer: ${why}`;
}

function until(useBy: string | null): string {
  return useBy === null ? "" : `, usable until ${useBy}`;
}

function short(digest: string): string {
  return digest.slice(0, 12);
}
