/** Rules about the steps that a runbook uses. */
import { ownInvocations, type MachineState } from "../../graph/machine-states.ts";
import type { AnyStep } from "../../model/step.ts";
import type { UnlocatedProblem } from "./problem.ts";
import {
  isHuman,
  pathWords,
  reachedFrom,
  wayTo,
  type RunbookUnderCheck,
} from "../subject/runbook-under-check.ts";

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
      why: `\`${kind}\` writes and has no probe: after a crash nobody can tell whether it took effect.`,
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

/** Writes that a run gets to without asking anybody. Little harm needs no gate; great harm needs one for certain. */
export function noGate(subject: RunbookUnderCheck): readonly UnlocatedProblem[] {
  // Whoever cancels a run has asked for its clean-up.
  const unasked = reachedFrom(
    subject,
    subject.initial,
    (state, { way }) => !isHuman(state) && way !== "cancel" && way !== "cleanup",
  );
  return subject.states.flatMap((state): readonly UnlocatedProblem[] => {
    const writes = stepsAt(state).filter(({ effect }) => effect === "write");
    const worst = writes.find(({ risk }) => risk === "high") ?? writes.find(({ risk }) => risk === "medium");
    if (!unasked.has(state.id) || worst === undefined || isHuman(state)) return [];
    const { kind, risk } = worst;
    const why = `\`${kind}\` (risk ${risk}) runs before anybody was asked: ${pathWords(wayTo(unasked, state.id))}.`;
    const severity = risk === "high" ? "error" : "warning";
    return [{ rule: "no-gate", state: state.id, why, severity }];
  });
}
