import { isOf } from "../model/event.ts";
import { lastPart } from "../model/sentence.ts";
import { factOf } from "./facts.ts";
import { bullets, code, table, text } from "./markdown.ts";
import type { Report, Section } from "./record.ts";
import { reference, when } from "./words.ts";

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
  const { attempts, events, summary } = report.root;
  const told = attempts
    .filter(({ start, outcome }) => start.kind.startsWith("notify.") && outcome === "succeeded")
    .map((attempt) => {
      const where = reference(report, attempt.run, attempt.rseq);
      return `${text(titleOf(report, attempt.step))}: ${code(attempt.start.describe)}: ${factOf(attempt)} (${where})`;
    });
  const waited = events.flatMap((event) => {
    if (!isOf(event, "timer.fired") || event.data.timer.endsWith(".backoff")) return [];
    const step = lastPart(event.data.timer);
    const armed = events.findLast(
      (candidate) =>
        isOf(candidate, "timer.armed") &&
        candidate.data.timer === event.data.timer &&
        candidate.rseq < event.rseq,
    );
    const from = armed === undefined ? "" : `, since ${when(armed.at)}`;
    return [
      `${text(titleOf(report, step))}: waited until ${when(event.at)} UTC${from} (${reference(report, summary.run, event.rseq)})`,
    ];
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
      ...summary.timers.map(({ timer, due }) => `Waits until ${when(due)} UTC (${code(lastPart(timer))}).`),
    ];
  });
}
