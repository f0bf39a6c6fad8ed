import { code, table, text } from "./markdown.ts";
import type { Report, Section } from "./record.ts";
import { reference, when, who } from "./report-text.ts";

/** What a person gave up: from there on the record lacks what the run had done. */
function rollbacks({ root }: Report): readonly string[] {
  return root.view.rollbacks.map((event) => {
    const { since, was, is, reason } = event.data;
    const what = `event ${was.seq} had been noted, and the log continues after event ${is.seq}`;
    return `**The record was rolled back** (#${event.rseq}, ${when(event.at)}): ${who(event.actor)} accepted that ${what}, because: ${text(reason)}. What it did between ${when(since)} and then is **not in this record**.`;
  });
}

/** Attempts whose end nobody saw, and how each was settled without running it blindly again. */
export const doubts: Section = (report) => {
  const rows = report.runs.flatMap(({ attempts }) =>
    attempts.flatMap((attempt) =>
      attempt.doubts.map(({ at, why, rseq, settled }) => [
        code(attempt.step),
        String(attempt.attempt),
        `${when(at)} (${reference(report, attempt.run, rseq)})`,
        text(why),
        settled === null
          ? "**NOT SETTLED**"
          : `**${settled.verdict}**, by the ${settled.by}: ${text(settled.why)} (${reference(report, attempt.run, settled.rseq)})`,
        attempt.outcome,
      ]),
    ),
  );
  return [
    "## Attempts in doubt",
    ...rollbacks(report),
    rows.length === 0
      ? "None: the end of every attempt was seen."
      : table(["Step", "Attempt", "Noticed (UTC)", "Why", "Settled as", "Ended"], rows),
  ];
};
