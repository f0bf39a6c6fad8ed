import type { Failure } from "../model/error.ts";
import { toJson, type Json } from "../model/json.ts";
import { intentOf } from "./pending.ts";
import { contextOf } from "./machine.ts";
import type { Pending, RunState } from "./state.ts";

/** A run's state as plain data, for whoever looks at it from outside. */
export interface RunInspection {
  readonly run: string;
  readonly rseq: number;
  readonly runbook: { readonly id: string; readonly source: string };
  /** Where the machine stands: a state, or states inside states. */
  readonly value: Json;
  readonly context: Json;
  /** What the machine waits for; without an intent it is wanted and not yet recorded as begun. */
  readonly waitsFor: readonly {
    readonly type: Pending["type"];
    readonly id: string;
    readonly intent: string | null;
  }[];
  /** What it no longer wants and what still has to end. */
  readonly withdrawn: readonly string[];
  readonly attempts: Readonly<Record<string, number>>;
  readonly verdicts: Readonly<Record<string, string>>;
  readonly fault: Failure | null;
  readonly cancel: string | null;
  readonly end: string | null;
}

/** Everything in a run's state that a person or a program can read. */
export function inspect(state: RunState): RunInspection {
  const { run, rseq, runbook, start, snapshot, pending, withdrawn, attempts, verdicts } = state;
  const { fault, cancel, end } = state;
  return {
    run,
    rseq,
    runbook: { id: runbook.id, source: start.runbook.source },
    value: toJson(snapshot.value),
    context: toJson(contextOf(snapshot)),
    waitsFor: [...pending.values()].map((one) => ({ type: one.type, id: one.id, intent: intentOf(one) })),
    withdrawn: withdrawn.map(({ id }) => id),
    attempts: attempts.toObject(),
    verdicts: verdicts.toObject(),
    fault: fault?.failure ?? null,
    cancel,
    end,
  };
}
