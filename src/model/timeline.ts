import { isOf, type RunEvent } from "./event.ts";
import { applyTo, type FoldedRun } from "./run-view.ts";
import type { WorkUnderWay } from "./run-view-shape.ts";
import { roleOfTimer } from "./state-ids.ts";

/** Why nothing was recorded for a while. */
export type Silence = "decision" | "time" | "step" | "no engine" | "unexplained";

/** A moment of the timeline, or a time in which nothing was recorded and what was waited for. */
export type TimelineEntry =
  | { readonly type: "event"; readonly event: RunEvent }
  | {
      readonly type: "gap";
      readonly after: RunEvent;
      readonly ms: number;
      readonly why: Silence;
      readonly what: string;
    };

/** From so many milliseconds on, silence is shown as a gap. */
export const longestSilence = 30_000;

/** The events of a run and its child runs in the order in which they were stored, with the gaps between them. */
export function timelineOf(runs: readonly (readonly RunEvent[])[]): readonly TimelineEntry[] {
  const events = runs.flat().toSorted((one, other) => one.seq - other.seq);
  const views = new Map<string, FoldedRun>();
  return events.flatMap((event, index): readonly TimelineEntry[] => {
    applyTo(views, event);
    const next = events[index + 1];
    const ms = next === undefined ? 0 : Date.parse(next.at) - Date.parse(event.at);
    const shown = { type: "event", event } as const;
    if (next === undefined || ms <= longestSilence) return [shown];
    return [shown, { type: "gap", after: event, ms, ...reasonOf(next, underWay(views), event) }];
  });
}

/** What is under way in all these runs, in the order in which it began. */
function underWay(views: ReadonlyMap<string, FoldedRun>): readonly WorkUnderWay[] {
  return [...views.values()]
    .flatMap((view) => [...view.underWay.values()])
    .toSorted((one, other) => one.seq - other.seq);
}

interface SilenceReason {
  readonly why: Silence;
  readonly what: string;
}

/** Who or what was waited for, as far as the event that ended the silence and the open ends tell. */
function reasonOf(next: RunEvent, waiting: readonly WorkUnderWay[], last: RunEvent): SilenceReason {
  if (isOf(next, "approval.granted", "approval.denied", "decision.made", "input.given")) {
    return { why: "decision", what: `waiting for a decision of ${next.actor.id} at ${next.data.gate}` };
  }
  if (isOf(next, "timer.fired"))
    return { why: "time", what: `waiting for the time to come (${roleOfTimer(next.data).state})` };
  const open = (kind: WorkUnderWay["kind"]): readonly string[] =>
    waiting.filter((work) => work.kind === kind).map(wordsFor);
  const [gates, steps, timers] = [open("gate"), open("step"), open("timer")];
  if (isOf(next, "run.resumed", "lease.acquired"))
    return { why: "no engine", what: withoutEngine(next, last, gates) };
  if (steps.length > 0) return { why: "step", what: steps.join("; ") };
  if (gates.length > 0)
    return { why: "decision", what: `waiting for a decision at ${gates.join(", ")}, which nobody made` };
  if (timers.length > 0) return { why: "time", what: timers.join("; ") };
  return { why: "unexplained", what: "the record does not say what was waited for" };
}

/** An engine that is killed says nothing, so from the last thing that was recorded on nobody knows of one. */
function withoutEngine(next: RunEvent, last: RunEvent, gates: readonly string[]): string {
  const who = isOf(next, "lease.acquired") ? next.data.user : next.actor.id;
  const stopped = isOf(last, "run.interrupted") ? ", the run was stopped" : "";
  const asked =
    gates.length === 0 ? "" : `, while ${gates.join(", ")} waited for a decision that nobody had made`;
  return `no engine was running${stopped}, until ${who} continued with it${asked}`;
}

function wordsFor(work: WorkUnderWay): string {
  switch (work.kind) {
    case "step":
      return `${work.step} ran: ${work.describe}`;
    case "gate":
      return work.gate;
    case "timer":
      return `waiting until ${work.due} (${roleOfTimer(work).state})`;
  }
}
