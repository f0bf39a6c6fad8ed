import { code, table, text } from "./markdown.ts";
import type { Report, Section, ReportedRun } from "./record.ts";
import { reference, when, sentence } from "./report-text.ts";
import type { RecordedAttempt } from "../model/attempts.ts";
import type { CriterionSummary } from "../model/summary.ts";
import { excerptsOf } from "./excerpts.ts";
import { factOf } from "./facts.ts";

/** What had to hold, declared before anything was done. */
export const criteriaSection: Section = (report) => [
  "## Success criteria",
  "Criteria are declared when a run starts, before its first step. One whose outcome is not known has not passed.",
  ...criteriaTable(report, report.root),
];

export function criteriaTable(report: Report, run: ReportedRun): readonly string[] {
  const { summary } = run;
  if (summary.criteria.length === 0) return ["The runbook declares no success criteria."];
  return [
    table(
      ["Criterion", "Declared (UTC)", "Evaluated (UTC)", "Verdict", "Evidence", "Step", "Before that"],
      summary.criteria.map(({ id, title, step, verdict, declaredAt, evaluatedAt, evidence }) => [
        text(title),
        when(declaredAt),
        evaluatedAt === null ? "never" : when(evaluatedAt),
        `**${verdict.toUpperCase()}**`,
        reference(report, summary.run, evidence),
        code(step),
        earlier(report, run, id),
      ]),
    ),
  ];
}

/** Verdicts that were replaced by a later one stay visible. */
function earlier(report: Report, { view, summary }: ReportedRun, id: string): string {
  return view.verdicts
    .filter(({ data }) => data.id === id)
    .slice(0, -1)
    .map(
      ({ data, rseq, at }) =>
        `${data.verdict.toUpperCase()} at ${when(at)} (${reference(report, summary.run, rseq)})`,
    )
    .join(", ");
}

/** An attempt whose evidence decided criteria of the run. */
interface DecidingAttempt {
  readonly attempt: RecordedAttempt;
  readonly title: string;
  readonly criteria: readonly CriterionSummary[];
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
