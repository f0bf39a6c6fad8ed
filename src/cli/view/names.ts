import type { Actor } from "../../model/event.ts";
import { roleOfStep } from "../../model/state-ids.ts";
import type { RunSummary } from "../../model/summary.ts";
import { visibleLine } from "../../redact/visible.ts";

/** `4/9 plan`: the place in the runbook and the name; only the name for what the runbook does not list. */
export function labelOf({ start }: Pick<RunSummary, "start">, step: string): string {
  const placeOf = (name: string): number => start.steps.findIndex((listed) => listed.step === name);
  const { state: name } = roleOfStep(step, (one) => placeOf(one) !== -1);
  const index = placeOf(name);
  return index === -1 ? visibleLine(name) : `${index + 1}/${start.steps.length} ${visibleLine(name)}`;
}

/** Who did it, and whether that is more than a claim. */
export function nameOf({ kind, id, identified }: Actor): string {
  const name = visibleLine(id);
  if (kind === "human") return identified === "claimed" ? `${name} (claimed, not proven)` : name;
  if (kind === "practice") return `the practice operator (${name})`;
  return kind === "engine" ? name : `${kind} ${name}`;
}
