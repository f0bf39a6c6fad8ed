import { code, table, text } from "./markdown.ts";
import type { Report, Section, ReportedRun } from "./record.ts";
import { reference, when } from "./report-text.ts";

/** What had to hold, declared before anything was done. */
export const criteria: Section = (report) => [
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
