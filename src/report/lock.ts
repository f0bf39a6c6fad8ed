import type { RecordedAttempt } from "../model/attempts.ts";
import { isTrue, numberAt, objectOf, objectsAt, textAt } from "../model/json-read.ts";
import { code, table, text } from "./markdown.ts";
import type { Report, Section } from "./record.ts";
import { reference, when, who } from "./report-text.ts";

/** Why a lock was taken from its holder: who that was, what spoke for it being alive, and what was found afterwards. */
export const lock: Section = (report) => {
  const attempts = report.runs.flatMap((run) => run.attempts);
  const looks = attempts.filter(
    ({ start, output }) => start.kind === "terraform.inspect-lock" && isTrue(output, "locked"),
  );
  const removals = attempts.filter(({ start }) => start.kind === "terraform.force-unlock");
  if (looks.length + removals.length === 0) return [];
  return [
    "## State lock",
    ...looks.flatMap((look) => holder(report, look)),
    ...removals.flatMap((removal) => removed(report, removal)),
  ];
};

function holder(report: Report, { output, run, rseq, endedAt }: RecordedAttempt): readonly string[] {
  const signs = objectsAt(output, "signsOfLife");
  const seconds = numberAt(output, "ageSeconds");
  const age = seconds === null ? "of unknown age" : `${Math.floor(seconds / 60)} minutes old`;
  const changed = objectOf(output)["changed"];
  const watched =
    changed === null
      ? "It was looked at once."
      : `Between two looks it ${changed === true ? "**changed**" : "did not change"}.`;
  return [
    `Seen at ${when(endedAt)} UTC (${reference(report, run, rseq)}): lock ${code(textAt(output, "id"))}, held by ${code(textAt(output, "who") || "unknown")} for ${code(textAt(output, "operation") || "unknown")} since ${text(textAt(output, "created") || "an unknown time")}, ${age}. ${watched}`,
    signs.length === 0
      ? "No signs of life were looked for."
      : table(
          ["Sign of life", "Says", "Why"],
          signs.map((sign) => [
            text(textAt(sign, "sign")),
            `**${text(textAt(sign, "verdict"))}**`,
            text(textAt(sign, "detail")),
          ]),
        ),
    `Conclusion of the look: the holder is **${text(textAt(output, "verdict") || "unknown")}**.`,
  ];
}

function removed(report: Report, removal: RecordedAttempt): readonly string[] {
  const { output, run, rseq, startRseq, outcome, failure } = removal;
  const where = reference(report, run, rseq);
  if (outcome !== "succeeded") {
    return [`Removing it **${outcome}** (${where})${failure === null ? "" : `: ${text(failure.message)}`}.`];
  }
  const before = objectOf(output)["lock"] ?? null;
  const next = objectOf(output)["nextHolder"] ?? null;
  const read =
    before === null
      ? "When it was read again just before, it was gone already."
      : `Read again just before removal it was still lock ${code(textAt(before, "id"))} of ${code(textAt(before, "who") || "unknown")}.`;
  const after =
    next === null
      ? "nobody held the lock"
      : `${code(textAt(next, "who") || "somebody else")} held a new lock`;
  return [`${approvedBy(report, removal, startRseq)} ${read} Afterwards ${after} (${where}).`];
}

/** The approval that the run got last before the removal began, which must name the lock. */
function approvedBy(report: Report, { run, start }: RecordedAttempt, startRseq: number): string {
  const id = textAt(start.input, "lockId");
  const gate = report.runs
    .flatMap(({ view }) => view.gates)
    .findLast(
      (asked) =>
        asked.run === run &&
        asked.answer?.type === "approval.granted" &&
        asked.answer.rseq < startRseq &&
        JSON.stringify(asked.gate.shown).includes(id),
    );
  if (gate?.answer === undefined || gate.answer === null)
    return "**No approval in this record names this lock.**";
  return `Removal approved by ${who(gate.answer.actor)}, who was shown this lock (${reference(report, run, gate.answer.rseq)}).`;
}
