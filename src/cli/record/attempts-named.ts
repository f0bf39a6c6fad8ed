import type { RecordedAttempt } from "../../model/attempts.ts";
import { viewOf } from "../../model/run-view.ts";
import { RunbookError } from "../../model/error.ts";
import type { RunEvent } from "../../model/event.ts";

/** The attempts of a step; throws naming the steps that there are. */
export function attemptsNamed(
  run: string,
  events: readonly RunEvent[],
  step: string,
): readonly [RecordedAttempt, ...RecordedAttempt[]] {
  const all = viewOf(events).attempts;
  const [first, ...rest] = all.filter((attempt) => attempt.step === step);
  if (first !== undefined) return [first, ...rest];
  const known = [...new Set(all.map((attempt) => attempt.step))].join(", ");
  throw new RunbookError(
    "USAGE",
    `Run ${run} has run no step \`${step}\` (so far: ${known === "" ? "none" : known}).`,
    { hint: `See the steps of the run: runwright show ${run}` },
  );
}
