import { ownInvocations } from "../../graph/machine-states.ts";
import type { Criterion } from "../../runbook/types.ts";
import type { UnlocatedProblem } from "./problem.ts";
import {
  isGoodEnd,
  isOrdinary,
  pathWords,
  reachedFrom,
  wayTo,
  type RunbookUnderCheck,
} from "../subject/runbook-under-check.ts";

/** Criteria that stay pending on every path to success, or on one of them. */
export function openCriterion(subject: RunbookUnderCheck): readonly UnlocatedProblem[] {
  return subject.runbook.criteria.flatMap((criterion) => remarksOn(subject, criterion));
}

function remarksOn(subject: RunbookUnderCheck, { id, step }: Criterion): readonly UnlocatedProblem[] {
  const decides = subject.states.find((state) => ownInvocations(state).some((own) => own.id === step));
  const said = { rule: "open-criterion", state: subject.stateById.has(step) ? step : null } as const;
  if (decides === undefined) {
    return [
      {
        ...said,
        key: id,
        why: `Nothing decides the criterion \`${id}\`: \`${step}\` is no step with an output.`,
      },
    ];
  }
  const live = reachedFrom(subject, subject.initial, () => true);
  if (!live.has(decides.id)) return [];
  const around = reachedFrom(
    subject,
    subject.initial,
    (state, exit) => isOrdinary(exit) && state.id !== decides.id,
  );
  const end = subject.states.find((state) => isGoodEnd(state) && around.has(state.id));
  if (end === undefined) return [];
  const why = `On the path ${pathWords(wayTo(around, end.id))} nothing decides the criterion \`${id}\`, so that run counts as failed.`;
  return [{ ...said, severity: "warning", why }];
}
