import type { RecordedAttempt } from "../model/attempts.ts";
import { isTrue } from "../model/json-read.ts";
import { factOf } from "./facts.ts";
import { bullets, code, table, text } from "./markdown.ts";
import { requestOf } from "./probes.ts";
import type { Report, Section, ReportedRun } from "./record.ts";
import { between, reference, when } from "./report-text.ts";

const looking = new Set(["http.probe", "logs.search", "elbv2.target-health"]);

/** What users saw, and what was found out about why. */
export const cause: Section = (report) => [
  "## Impact and root cause",
  "### Impact",
  ...impactOf(report),
  "### Findings",
  ...findingsOf(report, report.root),
];

function impactOf(report: Report): readonly string[] {
  const { attempts } = report.root;
  const firstWrite = attempts.findIndex(({ start }) => start.effect === "write");
  const before = attempts.slice(0, firstWrite === -1 ? undefined : firstWrite);
  const seen = before.filter(({ start, outcome }) => looking.has(start.kind) && outcome !== "open");
  if (seen.length === 0) return ["The run recorded no look at the symptom before it changed anything."];
  const items = seen.map((attempt) => {
    const where = reference(report, attempt.run, attempt.rseq);
    return `${when(attempt.endedAt)} UTC, ${code(attempt.start.describe)}: ${factOf(attempt)} (${where})`;
  });
  return [
    "What was seen before the first change:",
    bullets(items),
    ...seen.flatMap((attempt) => endOf(report, attempt)),
  ];
}

/** From when to when a request was seen to fail, inside this run. */
function endOf(report: Report, symptom: RecordedAttempt): readonly string[] {
  if (symptom.start.kind !== "http.probe" || isTrue(symptom.output, "ok") || symptom.endedAt === null)
    return [];
  const request = requestOf(symptom);
  const fixed = report.root.attempts.find(
    (attempt) =>
      attempt.startRseq > symptom.startRseq &&
      attempt.start.kind === "http.probe" &&
      requestOf(attempt) === request &&
      isTrue(attempt.output, "ok"),
  );
  const name = code(request);
  if (fixed === undefined || fixed.endedAt === null)
    return [`The record does not show that ${name} was ever answered as expected.`];
  const to = fixed.endedAt;
  return [
    `${name} was first seen to fail at ${when(symptom.endedAt)} UTC and first seen to be answered as expected at ${when(to)} UTC (${reference(report, fixed.run, fixed.rseq)}), ${between(symptom.endedAt, to)} later. When it began to fail is not in this record.`,
  ];
}

/** A finding is worth what its evidence is worth, so both stand side by side. */
export function findingsOf(report: Report, { view, attempts, summary }: ReportedRun): readonly string[] {
  const rows = view.findings.map((event) => {
    const { text: said, status, step } = event.data;
    const evidence = attempts.findLast(
      (attempt) => attempt.step === step && attempt.rseq !== null && attempt.rseq < event.rseq,
    );
    const where = evidence === undefined ? "NONE" : reference(report, summary.run, evidence.rseq);
    return [status === "confirmed" ? "confirmed" : "**HYPOTHESIS**", text(said), code(step), where];
  });
  if (rows.length === 0) return ["No findings were recorded."];
  return [table(["Status", "Finding", "Step", "Evidence"], rows)];
}
