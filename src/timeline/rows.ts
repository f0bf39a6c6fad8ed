import { isOf, type RunEvent } from "../model/event.ts";
import { roleOfStep, roleOfTimer, stepOfGate } from "../model/state-ids.ts";
import { timelineOf, type TimelineEntry } from "../model/timeline.ts";
import { createLanes, type Lane } from "./lanes.ts";

/** A moment with everything that a reader wants to know beside it, or a silence. */
export type TimelineRow = TimelineEvent | Extract<TimelineEntry, { readonly type: "gap" }>;

export interface TimelineEvent {
  readonly type: "event";
  readonly event: RunEvent;
  readonly lane: Lane;
  /** The kind of the step that it is about. */
  readonly kind: string | null;
  /** The step, or the gate or timer of a step, that it is about. */
  readonly step: string | null;
  readonly attempt: number | null;
  /** How long what ended with it had lasted. */
  readonly ms: number | null;
  readonly failed: boolean;
}

/** The timeline of a run and its child runs. */
export function toTimelineRows(runs: readonly (readonly RunEvent[])[]): readonly TimelineRow[] {
  const laned = createLanes();
  const took = createStopwatch();
  const named = createNaming();
  return timelineOf(runs).map((entry): TimelineRow => {
    if (entry.type === "gap") return entry;
    const { event } = entry;
    const attempt = "attempt" in event.data ? event.data.attempt : null;
    const about = { step: named(event), attempt, failed: hasFailed(event) };
    return { type: "event", event, ...laned(event), ...about, ms: took(event) };
  });
}

/** Names the step that an event is about; a decision about a failed step is about that step. */
function createNaming(): (event: RunEvent) => string | null {
  const listed = new Set<string>();
  return (event) => {
    if (isOf(event, "run.started"))
      for (const { step } of event.data.steps) listed.add(`${event.run}/${step}`);
    const { data } = event;
    if ("timer" in data) return roleOfTimer(data).state;
    const step = "step" in data ? data.step : "gate" in data ? stepOfGate(data.gate) : null;
    return step === null ? null : roleOfStep(step, (name) => listed.has(`${event.run}/${name}`)).state;
  };
}

/** Whether it is bad news. */
function hasFailed(event: RunEvent): boolean {
  switch (event.type) {
    case "child.ended":
      return event.data.status !== "succeeded";
    case "criterion.evaluated":
      return event.data.verdict === "fail";
    case "gate.closed":
      return event.data.why === "expired";
    case "step.failed":
    case "step.cancelled":
    case "step.inDoubt":
    case "approval.denied":
    case "cancel.requested":
    case "run.failed":
    case "run.cancelled":
    case "run.faulted":
      return true;
    default:
      return false;
  }
}

/** Measures from what begins something to what ends it. */
function createStopwatch(): (event: RunEvent) => number | null {
  const starts = new Map<string, number>();
  return (event) => {
    const [begins, ends] = marksOf(event);
    const at = Date.parse(event.at);
    const from = ends === null ? undefined : starts.get(`${event.run}/${ends}`);
    if (begins !== null) starts.set(`${event.run}/${begins}`, at);
    return from === undefined ? null : at - from;
  };
}

/** What an event begins, and what it ends. */
function marksOf(event: RunEvent): readonly [begins: string | null, ends: string | null] {
  if (isOf(event, "run.started")) return ["run", null];
  if (isOf(event, "run.succeeded", "run.failed", "run.cancelled")) return [null, "run"];
  if (isOf(event, "step.started", "child.started")) return [`step/${event.data.step}`, null];
  if (isOf(event, "step.succeeded", "step.failed", "step.cancelled", "child.ended"))
    return [null, `step/${event.data.step}`];
  if (isOf(event, "gate.opened")) return [`gate/${event.data.gate}`, null];
  if (isOf(event, "approval.granted", "approval.denied", "decision.made", "input.given", "gate.closed"))
    return [null, `gate/${event.data.gate}`];
  if (isOf(event, "timer.armed")) return [`timer/${event.data.timer}`, null];
  return isOf(event, "timer.fired", "timer.cancelled") ? [null, `timer/${event.data.timer}`] : [null, null];
}
