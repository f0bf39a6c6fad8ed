import type { Failure } from "./error.ts";
import type { Artifact, EventData, EventOf } from "./event.ts";
import type { Json } from "./json.ts";

/** One try of one step, with everything that was recorded about it. */
export interface RecordedAttempt {
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
  readonly doubts: readonly AttemptDoubt[];
}

/** That nobody saw how an attempt ended, and how that was settled. */
interface AttemptDoubt {
  readonly rseq: number;
  readonly at: string;
  readonly why: string;
  readonly settled: (EventData["step.reconciled"] & { readonly rseq: number }) | null;
}

/** What tells how an attempt went on. */
export type AttemptNews = EventOf<
  "step.succeeded" | "step.failed" | "step.cancelled" | "step.inDoubt" | "step.reconciled"
>;

/** An attempt that has just begun; what was in doubt under the same number stays known. */
export function begun(event: EventOf<"step.started">, known: RecordedAttempt | undefined): RecordedAttempt {
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
    doubts: known?.doubts ?? [],
  };
}

/** The same attempt after what was told of it. */
export function after(known: RecordedAttempt, event: AttemptNews): RecordedAttempt {
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
