import { roleOfTimer } from "../model/state-ids.ts";
import { factOf } from "./facts.ts";
import { bullets, code, table, text } from "./markdown.ts";
import type { Report, Section } from "./record.ts";
import { reference, when } from "./report-text.ts";

/** What was done after the fix, and what is left, each with an owner and a date. */
export const nextSteps: Section = (report) => {
  const { followUps } = report.root.summary;
  const [done, open] = [doneOf(report), openOf(report)];
  return [
    "## Next steps",
    "### Done",
    done.length === 0 ? "Nothing beyond the steps above." : bullets(done),
    "### Remaining",
    ...(open.length === 0 ? [] : [bullets(open)]),
    ...(followUps.length === 0
      ? [open.length === 0 ? "No follow-ups were recorded." : ""].filter((line) => line !== "")
      : [
          table(
            ["Follow-up", "Owner", "Due (UTC)", "State"],
            followUps.map(({ title, owner, due }) => [text(title), text(owner), when(due), "**open**"]),
          ),
        ]),
  ];
};

function doneOf(report: Report): readonly string[] {
  const { attempts, view, summary } = report.root;
  const told = attempts
    .filter(({ start, outcome }) => start.kind.startsWith("notify.") && outcome === "succeeded")
    .map((attempt) => {
      const where = reference(report, attempt.run, attempt.rseq);
      return `${text(titleOf(report, attempt.step))}: ${code(attempt.start.describe)}: ${factOf(attempt)} (${where})`;
    });
  const waited = view.waits
    .filter(({ armed, ended }) => ended?.type === "timer.fired" && roleOfTimer(armed.data).role === "wait")
    .toSorted((one, other) => (one.ended?.rseq ?? 0) - (other.ended?.rseq ?? 0))
    .map(({ armed, ended }) => {
      const title = text(titleOf(report, roleOfTimer(armed.data).state));
      const where = reference(report, summary.run, ended?.rseq ?? null);
      return `${title}: waited until ${when(ended?.at ?? null)} UTC, since ${when(armed.at)} (${where})`;
    });
  return [...told, ...waited];
}

function titleOf({ root }: Report, step: string): string {
  return root.summary.start.steps.find((declared) => declared.step === step)?.title ?? step;
}

function openOf({ runs }: Report): readonly string[] {
  return runs.flatMap(({ summary }) => {
    if (summary.endedAt !== null) return [];
    return [
      `Run ${code(summary.run)} has not ended.`,
      ...summary.gates.map(({ gate, title }) => `Decision wanted at ${code(gate)}: ${text(title)}`),
      ...summary.timers.map(
        (timer) => `Waits until ${when(timer.due)} UTC (${code(roleOfTimer(timer).state)}).`,
      ),
    ];
  });
}
