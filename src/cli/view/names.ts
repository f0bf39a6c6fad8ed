import type { Actor } from "../../model/event.ts";
import type { RunSummary } from "../../model/summary.ts";
import { visibleLine } from "../../redact/visible.ts";

const deciding = ".decide";

/** The state that a step or the decision about its failure belongs to. */
function stateOf(step: string): string {
  return step.endsWith(deciding) ? step.slice(0, -deciding.length) : step;
}

/** `4/9 plan`: the place in the runbook and the name; only the name for what the runbook does not list. */
export function labelOf({ start }: Pick<RunSummary, "start">, step: string): string {
  const name = stateOf(step);
  const index = start.steps.findIndex((listed) => listed.step === name);
  return index === -1 ? visibleLine(name) : `${index + 1}/${start.steps.length} ${visibleLine(name)}`;
}

/** The state that a timer of the machine belongs to, and whether it only delays a retry. */
export function timerOf(timer: string): { readonly step: string; readonly isRetry: boolean } {
  const parts = timer.split(".");
  return {
    step: parts.filter((part) => part !== "backoff").at(-1) ?? timer,
    isRetry: parts.at(-1) === "backoff",
  };
}

/** Who did it, and whether that is more than a claim. */
export function nameOf({ kind, id, identified }: Actor): string {
  const name = visibleLine(id);
  if (kind === "human") return identified === "claimed" ? `${name} (claimed, not proven)` : name;
  if (kind === "practice") return `the practice operator (${name})`;
  return kind === "engine" ? name : `${kind} ${name}`;
}
