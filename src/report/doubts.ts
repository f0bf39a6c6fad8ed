import { code, table, text } from "./markdown.ts";
import type { Section } from "./record.ts";
import { reference, when } from "./words.ts";

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
    rows.length === 0
      ? "None: the end of every attempt was seen."
      : table(["Step", "Attempt", "Noticed (UTC)", "Why", "Settled as", "Ended"], rows),
  ];
};
