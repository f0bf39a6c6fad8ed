import type { RunEvent } from "./event.ts";
import { viewOf } from "./run-view.ts";
import type { RunSummary } from "./summary-shape.ts";

export type { CriterionSummary, RunSummary, StepSummary } from "./summary-shape.ts";

/** Where a run stands after these events, which must begin with its start. */
export function summarise(events: readonly RunEvent[]): RunSummary {
  return viewOf(events).summary;
}

/** Whether the run waits only for time: then it holds no target. */
export function rests({ status, gates, timers }: Pick<RunSummary, "status" | "gates" | "timers">): boolean {
  return status === "waiting" && gates.length === 0 && timers.length > 0;
}
