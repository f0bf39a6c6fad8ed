import type { AnyStateMachine } from "xstate";
import type { z } from "zod";
import type { Duration } from "../model/duration.ts";
import type { Failure } from "../model/error.ts";
import type { Verdict } from "../model/event.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { AnyStep } from "../model/step.ts";

/** The event that tells a machine that its run is being cancelled, where a state wants to hear of it. */
export const cancelEvent = "runwright.cancel";

/** What a compiled machine remembers. Plain JSON: it is recomputed from the events at every load. */
export interface Context {
  readonly input: JsonObject;
  /** The latest output of each state that has run. */
  readonly outputs: Readonly<Record<string, Json>>;
  /** For each step kind the state that ran it last. */
  readonly latest: Readonly<Record<string, string>>;
  readonly failures: Readonly<Record<string, Failure>>;
  /** The operator's reason, by state. */
  readonly skipped: Readonly<Record<string, string>>;
  /** Automatic retries since the state was entered. */
  readonly tries: Readonly<Record<string, number>>;
}

export interface Finding {
  readonly text: string;
  readonly status: "hypothesis" | "confirmed";
}

export interface Criterion {
  readonly id: string;
  readonly title: string;
  /** The state whose output decides it. */
  readonly step: string;
  readonly verdict: (context: Context) => Verdict;
}

export interface FollowUp {
  readonly id: string;
  readonly title: string;
  readonly owner: string;
  readonly due: Duration;
}

/** A compiled runbook: an ordinary xstate machine and what is declared beside it. */
export interface Runbook<I extends z.core.$ZodType = z.core.$ZodType> {
  readonly id: string;
  readonly title: string;
  readonly input: I;
  readonly machine: AnyStateMachine;
  /** In the order of the file. */
  readonly steps: readonly { readonly step: string; readonly title: string }[];
  readonly criteria: readonly Criterion[];
  readonly findings: (step: string, context: Context) => readonly Finding[];
  readonly followUps: (context: Context) => readonly FollowUp[];
  /** Where it acts, from its input; null when it touches no shared target. */
  readonly target: (
    input: JsonObject,
  ) => { readonly dir: string; readonly workspace: string; readonly region: string } | null;
  /** Every runbook that this one may start, itself included, by id. */
  readonly family: ReadonlyMap<string, Runbook>;
}

/** What an invoked actor stands for. */
export type Invoked =
  { readonly type: "step"; readonly step: AnyStep } | { readonly type: "child"; readonly runbook: Runbook };
