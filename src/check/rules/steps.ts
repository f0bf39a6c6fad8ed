/** Rules about the steps that a runbook uses. */
import { ownInvocations, type MachineState } from "../../graph/machine-states.ts";
import type { AnyStep } from "../../model/step.ts";
import type { Remark } from "./finding.ts";
import { isHuman, pathWords, reached, wayTo, type Subject } from "../subject/subject.ts";

function stepsAt(place: MachineState): readonly AnyStep[] {
  return ownInvocations(place).flatMap(({ what }) => (what?.type === "step" ? [what.step] : []));
}

/** Each step kind once, with the first state that uses it. */
function kindsOf({ places }: Subject): ReadonlyMap<AnyStep, string> {
  const kinds = new Map<AnyStep, string>();
  for (const place of places)
    for (const step of stepsAt(place)) if (!kinds.has(step)) kinds.set(step, place.id);
  return kinds;
}

export function noProbe(subject: Subject): readonly Remark[] {
  return [...kindsOf(subject)]
    .filter(([step]) => step.effect === "write" && step.probe === undefined)
    .map(([{ kind }, state]) => ({
      rule: "no-probe",
      state,
      why: `\`${kind}\` writes and has no probe: after a crash nobody can tell whether it took effect.`,
    }));
}

export function noTimeout(subject: Subject): readonly Remark[] {
  return [...kindsOf(subject)]
    .filter(([step]) => step.effect !== "human" && step.timeout === undefined)
    .map(([{ kind }, state]) => ({
      rule: "no-timeout",
      state,
      why: `\`${kind}\` has no timeout: when it hangs, the run hangs.`,
    }));
}

/** Writes that a run gets to without asking anybody. Little harm needs no gate; great harm needs one for certain. */
export function noGate(subject: Subject): readonly Remark[] {
  // Whoever cancels a run has asked for its clean-up.
  const unasked = reached(
    subject,
    subject.initial,
    (place, { way }) => !isHuman(place) && way !== "cancel" && way !== "cleanup",
  );
  return subject.places.flatMap((place): readonly Remark[] => {
    const writes = stepsAt(place).filter(({ effect }) => effect === "write");
    const worst = writes.find(({ risk }) => risk === "high") ?? writes.find(({ risk }) => risk === "medium");
    if (!unasked.has(place.id) || worst === undefined || isHuman(place)) return [];
    const { kind, risk } = worst;
    const why = `\`${kind}\` (risk ${risk}) runs before anybody was asked: ${pathWords(wayTo(unasked, place.id))}.`;
    const severity = risk === "high" ? "error" : "warning";
    return [{ rule: "no-gate", state: place.id, why, severity }];
  });
}
