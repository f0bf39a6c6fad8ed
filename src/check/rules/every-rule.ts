import type { RunbookUnderCheck } from "../subject/runbook-under-check.ts";
import { foreignAction } from "./actions.ts";
import { noGate } from "./covered.ts";
import { noQuorum, uncoverable } from "./gates.ts";
import { openCriterion } from "./criteria.ts";
import { endlessLoop, noWayOut, unreachable } from "./flow.ts";
import { outputMissing } from "./outputs.ts";
import type { UnlocatedProblem } from "./problem.ts";
import { noBinds, noProbe, noTimeout } from "./steps.ts";
import { impure, wrongInput } from "./values.ts";

/** What the rules say about one runbook. */
export async function problemsOf(subject: RunbookUnderCheck): Promise<readonly UnlocatedProblem[]> {
  const all = [
    foreignAction,
    unreachable,
    noWayOut,
    endlessLoop,
    noProbe,
    noTimeout,
    noBinds,
    noGate,
    noQuorum,
    uncoverable,
    outputMissing,
    wrongInput,
    openCriterion,
  ];
  return [...all.flatMap((rule) => rule(subject)), ...(await impure(subject))];
}
