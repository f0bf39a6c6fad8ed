import { lastOfArn } from "../model/arn.ts";
import type { RecordedAttempt } from "../model/attempts.ts";
import { isOf } from "../model/event.ts";
import { decisionId, stepOfGate } from "../model/state-ids.ts";
import { findingsOf } from "./cause.ts";
import { criteriaTable } from "./criteria.ts";
import { deploymentsOf } from "./deployments.ts";
import { actionsOf } from "./fix.ts";
import { bullets, code, table, text } from "./markdown.ts";
import type { Report, Section, ReportedRun } from "./record.ts";
import { between, reference, statusOf, when, who } from "./report-text.ts";

/** What else went wrong: each issue with its own cause, fix and result. */
export const secondary: Section = async (report) => {
  const children = await Promise.all(report.children.map((child) => childIssue(report, child)));
  const parts = [...rollouts(report), ...failures(report), ...children.flat()];
  return ["## Secondary issues", ...(parts.length === 0 ? ["None were recorded."] : parts)];
};

function rollouts(report: Report): readonly string[] {
  const bad = deploymentsOf(report).filter(({ verdict }) => verdict !== "PASSED");
  if (bad.length === 0) return [];
  const items = bad.map(({ id, revision, verdict, reason, awaited }) => {
    const where = awaited === null ? "" : ` (${reference(report, awaited.run, awaited.rseq)})`;
    return `${code(id)} of ${code(lastOfArn(revision))}: **${verdict}**. ${text(reason)}${where}`;
  });
  return ["### Deployments that did not pass", bullets(items)];
}

function failures(report: Report): readonly string[] {
  const failed = report.runs.flatMap((run) =>
    run.attempts
      .filter(({ outcome }) => outcome === "failed")
      .map((attempt) => failureRow(report, run, attempt)),
  );
  if (failed.length === 0) return [];
  return [
    "### Failed attempts",
    table(["Step", "Attempt", "Failure", "What was done then", "Evidence"], failed),
  ];
}

function failureRow(report: Report, run: ReportedRun, attempt: RecordedAttempt): readonly string[] {
  const { step, failure, rseq } = attempt;
  return [
    code(step),
    String(attempt.attempt),
    text(`${failure?.code ?? ""}: ${failure?.message ?? ""}`),
    doneThen(run, attempt),
    reference(report, run.summary.run, rseq),
  ];
}

/** The first thing after a failure that answers it: a decision, another attempt, or the end. */
function doneThen({ events, summary }: ReportedRun, { step, rseq }: RecordedAttempt): string {
  const later = events.filter((event) => event.rseq > (rseq ?? 0));
  for (const event of later) {
    if (isOf(event, "decision.made") && stepOfGate(event.data.gate) === decisionId(step)) {
      const { choice, reason } = event.data;
      return `${who(event.actor)} chose ${code(choice)}${reason === "" ? "" : `: ${text(reason)}`}`;
    }
    if (isOf(event, "step.started")) {
      return event.data.step === step
        ? "tried again by itself"
        : `the runbook continued with ${code(event.data.step)}`;
    }
  }
  return `nothing; the run is ${statusOf(summary)}`;
}

async function childIssue(report: Report, child: ReportedRun): Promise<readonly string[]> {
  const { summary } = child;
  const { start, run, startedAt, endedAt, lastAt } = summary;
  const took = `${between(startedAt, endedAt ?? lastAt)}${endedAt === null ? " so far" : ""}`;
  return [
    `### ${text(start.runbook.title)} (child run ${code(run)})`,
    `Runbook ${code(start.runbook.id)}, source SHA-256 ${code(start.runbook.source)}, started ${when(startedAt)} UTC inside ${code(start.parent?.run ?? "")} at step ${code(start.parent?.step ?? "")}, ${took}. ${chosenBy(report, child)}`,
    "**Cause**",
    ...findingsOf(report, child),
    "**Fix**",
    ...(await actionsOf(report, child)),
    "**Result**",
    `The child run is **${statusOf(summary)}**${summary.reason === null ? "" : `: ${text(summary.reason)}`}.`,
    ...criteriaTable(report, child),
  ];
}

/** Who decided that the child run was to be run. */
function chosenBy(report: Report, child: ReportedRun): string {
  const { parent } = child.summary.start;
  const inside = report.runs.find(({ summary }) => summary.run === parent?.run);
  const [first] = child.events;
  const decision = inside?.view.words.findLast(
    (word) => isOf(word, "decision.made") && first !== undefined && word.seq < first.seq,
  );
  if (decision === undefined || !isOf(decision, "decision.made")) return "The runbook started it by itself.";
  const { choice, reason } = decision.data;
  return `The last decision before it was ${code(choice)} by ${who(decision.actor)}${reason === "" ? "" : `: ${text(reason)}`} (${reference(report, decision.run, decision.rseq)}).`;
}
