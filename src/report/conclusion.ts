import { counted } from "../model/counted.ts";
import { text } from "./markdown.ts";
import type { Report, Section } from "./record.ts";
import { statusOf } from "./report-text.ts";

/** Drawn from the status and the criteria, and from nothing else. */
export const conclusion: Section = ({ root }) => ["## Conclusion", ...sentences(root.summary)];

function sentences(summary: Report["root"]["summary"]): readonly string[] {
  const { criteria, followUps, endedAt } = summary;
  const missed = criteria.filter(({ verdict }) => verdict !== "pass");
  const names = missed.map(({ title, verdict }) => `${text(title)} (${verdict.toUpperCase()})`).join("; ");
  const left = followUps.length === 0 ? "" : ` ${counted(followUps.length, "follow-up")} still open.`;
  if (endedAt === null) {
    return [
      `The run has not ended: it is **${statusOf(summary)}**. Nothing can be concluded yet.${missed.length === 0 ? "" : ` Not passed so far: ${names}.`}`,
    ];
  }
  if (summary.status === "succeeded" && missed.length === 0) {
    const all =
      criteria.length === 0
        ? "No success criteria were declared, so this says only that every step ran."
        : criteria.length === 1
          ? "The one success criterion, declared before the run, passes."
          : `All ${criteria.length} success criteria, declared before the run, pass.`;
    return [`The run **SUCCEEDED**. ${all}${left}`];
  }
  const criteriaSay = missed.length === 0 ? "" : ` Not passed: ${names}.`;
  return [
    `The run ended **${statusOf(summary)}**. The incident must not be considered resolved by it.${criteriaSay}${left}`,
  ];
}
