import type { Failure } from "./error.ts";
import { isOf, type Artifact, type EventData, type Gate, type RunEvent } from "./event.ts";
import type { Json } from "./json.ts";

/** One try of one step, with everything that was recorded about it. */
export interface Attempt {
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
  readonly start: EventData["step.started"];
  readonly startedAt: string;
  /** `rseq` of its start and of the event that ended it. */
  readonly startRseq: number;
  readonly rseq: number | null;
  readonly endedAt: string | null;
  readonly outcome: "succeeded" | "failed" | "cancelled" | "open";
  readonly output: Json;
  readonly failure: Failure | null;
  readonly artifacts: readonly Artifact[];
  readonly doubts: readonly Doubt[];
}

/** That nobody saw how an attempt ended, and how that was settled. */
interface Doubt {
  readonly rseq: number;
  readonly at: string;
  readonly why: string;
  readonly settled: (EventData["step.reconciled"] & { readonly rseq: number }) | null;
}

/** Every attempt of a run, in the order in which they started. */
export function attemptsOf(events: readonly RunEvent[]): readonly Attempt[] {
  const attempts = new Map<string, Attempt>();
  for (const event of events) {
    if (isOf(event, "step.started")) {
      const { step, attempt } = event.data;
      const known = attempts.get(`${step}/${attempt}`);
      attempts.set(`${step}/${attempt}`, { ...begun(event), doubts: known?.doubts ?? [] });
    } else if (
      isOf(event, "step.succeeded", "step.failed", "step.cancelled", "step.inDoubt", "step.reconciled")
    ) {
      const key = `${event.data.step}/${event.data.attempt}`;
      const known = attempts.get(key);
      if (known !== undefined) attempts.set(key, after(known, event));
    }
  }
  return [...attempts.values()];
}

type Ending = Extract<
  RunEvent,
  {
    readonly type: "step.succeeded" | "step.failed" | "step.cancelled" | "step.inDoubt" | "step.reconciled";
  }
>;

function begun(event: Extract<RunEvent, { readonly type: "step.started" }>): Attempt {
  return {
    run: event.run,
    step: event.data.step,
    attempt: event.data.attempt,
    start: event.data,
    startedAt: event.at,
    startRseq: event.rseq,
    rseq: null,
    endedAt: null,
    outcome: "open",
    output: null,
    failure: null,
    artifacts: [],
    doubts: [],
  };
}

function after(known: Attempt, event: Ending): Attempt {
  const { rseq, at, artifacts } = event;
  const ended = { rseq, endedAt: at, artifacts };
  switch (event.type) {
    case "step.succeeded":
      return { ...known, ...ended, outcome: "succeeded", output: event.data.output };
    case "step.failed":
      return { ...known, ...ended, outcome: "failed", failure: event.data.failure };
    case "step.cancelled":
      return { ...known, ...ended, outcome: "cancelled" };
    case "step.inDoubt":
      return { ...known, doubts: [...known.doubts, { rseq, at, why: event.data.why, settled: null }] };
    case "step.reconciled": {
      const settled = { ...event.data, rseq };
      const last = known.doubts.at(-1);
      // A read-only attempt that was cut off is settled without ever having been declared in doubt.
      const open = last === undefined || last.settled !== null;
      const doubt = open ? { rseq, at, why: event.data.why, settled } : { ...last, settled };
      return { ...known, doubts: [...(open ? known.doubts : known.doubts.slice(0, -1)), doubt] };
    }
  }
}

/** A gate that was opened, and what became of it. */
export interface Asked {
  readonly run: string;
  readonly gate: Gate;
  readonly rseq: number;
  readonly openedAt: string;
  /** The last: an approval may be revoked, or lapse. */
  readonly answer: Answer | null;
}

type Answer = Extract<
  RunEvent,
  {
    readonly type:
      | "approval.granted"
      | "approval.denied"
      | "approval.revoked"
      | "decision.made"
      | "input.given"
      | "gate.closed";
  }
>;

/** Every gate of a run in the order in which they were opened. */
export function gatesOf(events: readonly RunEvent[]): readonly Asked[] {
  const asked: Asked[] = [];
  for (const event of events) {
    if (isOf(event, "gate.opened")) {
      const { run, rseq, at, data } = event;
      asked.push({ run, gate: data, rseq, openedAt: at, answer: null });
    } else if (isAnswer(event)) {
      const index = asked.findLastIndex(({ gate }) => gate.gate === event.data.gate);
      const found = asked[index];
      if (found !== undefined) asked[index] = { ...found, answer: event };
    }
  }
  return asked;
}

function isAnswer(event: RunEvent): event is Answer {
  return (
    isOf(event, "approval.granted", "approval.denied", "approval.revoked") ||
    isOf(event, "decision.made", "input.given", "gate.closed")
  );
}
