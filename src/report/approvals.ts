import { attachedTo } from "../model/event-evidence.ts";
import type { Gate } from "../model/event.ts";
import type { GateRecord } from "../model/gate-record.ts";
import { textAt, textsAt } from "../model/json-read.ts";
import { shortenText } from "../model/shorten.ts";
import { code, fence, table, text } from "./markdown.ts";
import type { Report, Section } from "./record.ts";
import { between, howIdentified, reference, when, who } from "./report-text.ts";

const mostShown = 4_000;

/** Who decided what, having seen what. */
export const approvals: Section = (report) => {
  const asked = report.runs
    .flatMap(({ view }) => view.gates)
    .toSorted((one, other) => one.openedAt.localeCompare(other.openedAt));
  if (asked.length === 0) return ["## Approvals and decisions", "Nobody was asked anything."];
  return [
    "## Approvals and decisions",
    "A digest names exactly what the person was shown; the answer is bound to it.",
    table(
      [
        "Gate",
        "Asked (UTC)",
        "Risk",
        "Shown (digest)",
        "Answer",
        "By",
        "Identified",
        "Reason",
        "Open for",
        "Event",
      ],
      asked.map((gate) => rowOf(report, gate)),
    ),
    "### What was shown",
    ...asked.flatMap((gate) => shownAt(report, gate)),
  ];
};

function rowOf(report: Report, record: GateRecord): readonly string[] {
  const { run, gate, rseq, openedAt, answer } = record;
  const last = report.runs.find(({ summary }) => summary.run === run)?.summary.lastAt ?? openedAt;
  return [
    `${code(gate.gate)}: ${text(gate.title)}`,
    when(openedAt),
    gate.risk,
    code(gate.digest.slice(0, 16)),
    `**${answerOf(answer)}**${becameOf(report, record)}`,
    answer === null ? "nobody" : who(answer.actor),
    answer === null ? "" : howIdentified(answer.actor),
    reasonOf(answer),
    answer === null ? `${between(openedAt, last)}, still open` : between(openedAt, answer.at),
    [rseq, ...(answer === null ? [] : [answer.rseq])]
      .map((number) => reference(report, run, number))
      .join(" "),
  ];
}

function answerOf(answer: GateRecord["answer"]): string {
  switch (answer?.type) {
    case undefined:
      return "none yet";
    case "approval.granted":
      return `APPROVED${text(attachedTo(answer))}`;
    case "approval.denied":
      return `REJECTED${text(attachedTo(answer))}`;
    case "approval.revoked":
      return "REVOKED before it was used";
    case "decision.made":
      return `chose ${text(answer.data.choice + attachedTo(answer))}`;
    case "input.given":
      return `gave ${text(Object.keys(answer.data.values).join(", "))}`;
    case "gate.closed":
      return answer.data.why === "approval expired"
        ? "APPROVED, not used in time"
        : `closed unanswered: ${answer.data.why}`;
  }
}

/** An approval is worth something only once it is used; one that was taken back or lapsed was given by somebody first. */
function becameOf(report: Report, { run, answer, granted, used }: GateRecord): string {
  if (answer?.type === "approval.granted") {
    if (used !== null) return `, used ${when(used.at)} (${reference(report, run, used.rseq)})`;
    return `, not used yet${answer.data.useBy === null ? "" : `; usable until ${when(answer.data.useBy)}`}`;
  }
  if (granted === null || answer === null) return "";
  return `; it was given by ${who(granted.actor)} (${reference(report, run, granted.rseq)})`;
}

function reasonOf(answer: GateRecord["answer"]): string {
  if (answer === null || answer.type === "input.given" || answer.type === "gate.closed") return "";
  return answer.data.reason === "" ? "none given" : text(answer.data.reason);
}

function shownAt(report: Report, { run, gate, rseq }: GateRecord): readonly string[] {
  const title = `${code(gate.gate)} (${reference(report, run, rseq)}), digest ${code(gate.digest)}:`;
  return [title, fence(shortenText(contentOf(gate), mostShown))];
}

/** The lines that a person read, then everything else that the digest binds. */
function contentOf({ title, shown, options }: Gate): string {
  const { title: _, summary: __, lines: ___, options: ____, ...rest } = shown;
  const bound = Object.keys(rest).length === 0 ? [] : [JSON.stringify(rest, undefined, 1)];
  const choices = options.map(
    ({ id, label, disabled }) =>
      `( ) ${id}: ${label}${disabled === null ? "" : ` (not possible: ${disabled})`}`,
  );
  return [title, textAt(shown, "summary"), ...textsAt(shown, "lines"), ...choices, ...bound]
    .filter((line) => line !== "")
    .join("\n");
}
