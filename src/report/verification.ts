import type { Attempt } from "../model/attempts.ts";
import type { Criterion } from "../model/summary.ts";
import { excerptsOf } from "./excerpts.ts";
import { factOf } from "./facts.ts";
import { code, text } from "./markdown.ts";
import type { Report, Section } from "./record.ts";
import { reference, sentence, when } from "./report-text.ts";

/** An attempt whose evidence decided criteria of the run. */
interface DecidingAttempt {
  readonly attempt: Attempt;
  readonly title: string;
  readonly criteria: readonly Criterion[];
}

/** Whether it is fixed: each deciding look with its raw evidence. */
export const verification: Section = async (report) => {
  const found = decidingOf(report).filter((deciding) => !isRegression(deciding));
  return [
    "## Verification",
    ...(found.length === 0 ? ["No criterion was decided by a step of this run."] : []),
    ...(await Promise.all(found.map((deciding) => describe(report, deciding)))).flat(),
  ];
};

/** Whether everything else is as it was. */
export const regression: Section = async (report) => {
  const found = decidingOf(report).filter(isRegression);
  if (found.length === 0) {
    return [
      "## Regression checks",
      "The runbook declares no regression check, so this record says nothing about regressions.",
    ];
  }
  return [
    "## Regression checks",
    ...(await Promise.all(found.map((deciding) => describe(report, deciding)))).flat(),
  ];
};

function decidingOf({ root }: Report): readonly DecidingAttempt[] {
  const { criteria, start } = root.summary;
  return root.attempts
    .map((attempt) => ({
      attempt,
      title: start.steps.find(({ step }) => step === attempt.step)?.title ?? attempt.step,
      criteria: criteria.filter(({ evidence }) => evidence !== null && evidence === attempt.rseq),
    }))
    .filter((deciding) => deciding.criteria.length > 0);
}

/** Authors call such steps so: the title of the step or of its criterion begins with it. */
function isRegression({ title, criteria }: DecidingAttempt): boolean {
  return [title, ...criteria.map((criterion) => criterion.title)].some((name) => /^regression\b/i.test(name));
}

async function describe(
  report: Report,
  { attempt, title, criteria }: DecidingAttempt,
): Promise<readonly string[]> {
  const judged = criteria.map(
    (criterion) => `${text(criterion.title)}: **${criterion.verdict.toUpperCase()}**`,
  );
  const where = reference(report, attempt.run, attempt.rseq);
  return [
    `### ${text(title)}`,
    `${judged.join("; ")} (step ${code(attempt.step)}, ${when(attempt.endedAt)} UTC, ${where}).`,
    sentence(`${code(attempt.start.describe)}: ${factOf(attempt)}`),
    ...(await excerptsOf(report, attempt)),
  ];
}
