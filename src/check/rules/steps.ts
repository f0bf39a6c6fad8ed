/** Rules about the steps that a runbook uses. */
import { ownInvocations, type MachineState } from "../../graph/machine-states.ts";
import type { AnyStep } from "../../model/step.ts";
import type { UnlocatedProblem } from "./problem.ts";
import type { RunbookUnderCheck } from "../subject/runbook-under-check.ts";

function stepsAt(state: MachineState): readonly AnyStep[] {
  return ownInvocations(state).flatMap(({ what }) => (what?.type === "step" ? [what.step] : []));
}

/** Each step kind once, with the first state that uses it. */
function kindsOf({ states }: RunbookUnderCheck): ReadonlyMap<AnyStep, string> {
  const kinds = new Map<AnyStep, string>();
  for (const state of states)
    for (const step of stepsAt(state)) if (!kinds.has(step)) kinds.set(step, state.id);
  return kinds;
}

export function noProbe(subject: RunbookUnderCheck): readonly UnlocatedProblem[] {
  return [...kindsOf(subject)]
    .filter(([step]) => step.effect === "write" && step.probe === undefined)
    .map(([{ kind }, state]) => ({
      rule: "no-probe",
      state,
      why: `\`${kind}\` writes and has no probe: after a crash nobody knows whether it took effect.`,
    }));
}

/** For runbooks without types: with them the kind does not compile. */
export function noBinds(subject: RunbookUnderCheck): readonly UnlocatedProblem[] {
  return [...kindsOf(subject)]
    .filter(([step]) => step.effect === "write" && step.binds === undefined)
    .map(([{ kind }, state]) => ({
      rule: "no-binds",
      state,
      why: `\`${kind}\` writes and does not say what it is about: its approval is for exactly the whole input.`,
    }));
}

export function noTimeout(subject: RunbookUnderCheck): readonly UnlocatedProblem[] {
  return [...kindsOf(subject)]
    .filter(([step]) => step.effect !== "human" && step.timeout === undefined)
    .map(([{ kind }, state]) => ({
      rule: "no-timeout",
      state,
      why: `\`${kind}\` has no timeout: when it hangs, the run hangs.`,
    }));
}
