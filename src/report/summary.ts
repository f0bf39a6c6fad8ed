import { counted } from "../model/counted.ts";
import { deploymentsOf } from "./deployments.ts";
import { bullets, code, text } from "./markdown.ts";
import type { Report, Section } from "./record.ts";
import { between, statusOf } from "./report-text.ts";

/** The run in a few sentences, each of them a count of recorded facts. */
export const summarySection: Section = (report) => {
  const { summary } = report.root;
  const took = between(summary.startedAt, summary.endedAt ?? summary.lastAt);
  const passed = summary.criteria.filter(({ verdict }) => verdict === "pass").length;
  const reason = summary.reason === null ? "" : ` Reason recorded: ${text(summary.reason)}.`;
  return [
    "## Summary",
    bullets([
      `${text(summary.start.runbook.title)}: **${statusOf(summary)}** after ${took}.${reason}`,
      `${passed} of ${summary.criteria.length} success criteria pass.`,
      peopleOf(report),
      ...rolloutsOf(report),
      ...report.children.map(
        (child) =>
          `Child run ${code(child.summary.run)} (${text(child.summary.start.runbook.title)}): **${statusOf(child.summary)}**.`,
      ),
      ...troubleOf(report),
      `${counted(summary.followUps.length, "follow-up")} open.`,
    ]),
  ];
};

function peopleOf({ runs }: Report): string {
  const answers = runs.flatMap(({ view }) => view.words);
  const people = [...new Set(answers.map(({ actor }) => actor.id))];
  const granted = answers.filter(({ type }) => type === "approval.granted").length;
  const denied = answers.filter(({ type }) => type === "approval.denied").length;
  const other = answers.length - granted - denied;
  const by = people.length === 0 ? "" : ` by ${people.map(text).join(", ")}`;
  return `${counted(granted, "approval")} granted, ${denied} denied, ${counted(other, "other decision")}${by}.`;
}

function rolloutsOf(report: Report): readonly string[] {
  const deployments = deploymentsOf(report);
  if (deployments.length === 0) return [];
  const told = deployments.map(({ verdict, revision }) => `${text(revision)} ${verdict}`);
  return [`${counted(deployments.length, "deployment")}: ${told.join("; ")}.`];
}

function troubleOf({ runs }: Report): readonly string[] {
  const attempts = runs.flatMap((run) => run.attempts);
  const failed = attempts.filter(({ outcome }) => outcome === "failed").length;
  const doubted = attempts.filter(({ doubts }) => doubts.length > 0).length;
  const resumed = runs.flatMap(({ view }) => view.resumptions).length;
  return [
    ...(failed === 0 ? [] : [`${counted(failed, "attempt")} failed; see “Secondary issues”.`]),
    ...(doubted === 0
      ? []
      : [`The outcome of ${counted(doubted, "attempt")} was in doubt for a time; see “Attempts in doubt”.`]),
    ...(resumed === 0 ? [] : [`The run was taken up again ${resumed === 1 ? "once" : `${resumed} times`}.`]),
  ];
}
