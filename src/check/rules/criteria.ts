import { ownInvocations } from "../../graph/machine-states.ts";
import type { Criterion } from "../../runbook/types.ts";
import type { Remark } from "./finding.ts";
import { isGoodEnd, isOrdinary, pathWords, reached, wayTo, type Subject } from "../subject/subject.ts";

/** Criteria that stay pending on every path to success, or on one of them. */
export function openCriterion(subject: Subject): readonly Remark[] {
  return subject.runbook.criteria.flatMap((criterion) => remarksOn(subject, criterion));
}

function remarksOn(subject: Subject, { id, step }: Criterion): readonly Remark[] {
  const decides = subject.places.find((place) => ownInvocations(place).some((own) => own.id === step));
  const said = { rule: "open-criterion", state: subject.at.has(step) ? step : null } as const;
  if (decides === undefined) {
    return [
      {
        ...said,
        key: id,
        why: `Nothing decides the criterion \`${id}\`: \`${step}\` is no step with an output.`,
      },
    ];
  }
  const live = reached(subject, subject.initial, () => true);
  if (!live.has(decides.id)) return [];
  const around = reached(
    subject,
    subject.initial,
    (place, exit) => isOrdinary(exit) && place.id !== decides.id,
  );
  const end = subject.places.find((place) => isGoodEnd(place) && around.has(place.id));
  if (end === undefined) return [];
  const why = `On the path ${pathWords(wayTo(around, end.id))} nothing decides the criterion \`${id}\`, so that run counts as failed.`;
  return [{ ...said, severity: "warning", why }];
}
