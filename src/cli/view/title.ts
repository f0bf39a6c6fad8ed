import type { Gate } from "../../model/event.ts";
import type { RunSummary } from "../../model/summary.ts";
import { runningSteps } from "./footer-rows.ts";
import { labelOf } from "./names.ts";

/** What a person is called to: `R-7F3K 4/9 approvePlan: decision needed`. */
export function callFor(summary: RunSummary, gate: Pick<Gate, "step">): string {
  return `${summary.run} ${labelOf(summary, gate.step)}: decision needed`;
}

/** What the window of a run is called: that somebody is needed comes before what is under way. */
export function titleOf(root: string, summaries: ReadonlyMap<string, RunSummary>): string {
  for (const summary of summaries.values()) {
    const [gate] = summary.gates;
    if (summary.endedAt === null && gate !== undefined) return callFor(summary, gate);
  }
  const [running] = runningSteps(summaries);
  if (running !== undefined) return `${running.summary.run} ${labelOf(running.summary, running.step.step)}`;
  return `${root} ${summaries.get(root)?.status ?? ""}`.trimEnd();
}
