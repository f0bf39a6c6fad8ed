import { attachedTo } from "../model/event-evidence.ts";
import { isOf, type Gate } from "../model/event.ts";
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
  if (asked.length === 0)
    return ["## Approvals and decisions", "Nobody was asked anything.", ...unapproved(report)];
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
      asked.flatMap((gate) => rowsOf(report, gate)),
    ),
    ...unapproved(report),
    "### What was shown",
    ...asked.flatMap((gate) => shownAt(report, gate)),
  ];
};

/** Writes of medium risk that nobody approved: because the runbook says why, or to clean up after a cancel. */
function unapproved(report: Report): readonly string[] {
  const begun = report.runs.flatMap(({ view }) => view.attempts);
  const free = begun.filter(({ start: { effect, risk, binds, allowedBy } }) => {
    return effect === "write" && risk === "medium" && binds !== undefined && allowedBy === undefined;
  });
  return free.map(({ run, step, startRseq, start: { accepted } }) => {
    const why =
      accepted === undefined ? "to clean up after a cancel" : `as the runbook accepts: ${text(accepted)}`;
    return `**Begun without an approval**: ${code(step)} (${reference(report, run, startRseq)}), ${why}.`;
  });
}

/** One row an answer: each of several people has one of their own. */
function rowsOf(report: Report, record: GateRecord): readonly (readonly string[])[] {
  const { run, gate, answer } = record;
  const words = report.runs.find(({ summary }) => summary.run === run)?.view.words ?? [];
  const grants = words.filter((word) => isOf(word, "approval.granted") && word.data.gate === gate.gate);
  const before = answer?.type === "approval.granted" ? grants.slice(0, -1) : grants;
  if (grants.length < 2) return [rowOf(report, record)];
  const partly = before.map((word) => rowOf(report, { ...record, answer: word, granted: null, used: null }));
  return [...partly.map((row) => row.with(4, "**APPROVED**, one of several")), rowOf(report, record)];
}

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
function becameOf(report: Report, { run, gate, answer, granted, used }: GateRecord): string {
  if (answer?.type === "decision.made") return usedFor(report, run, gate.gate);
  if (answer?.type === "approval.granted") {
    if (used !== null) {
      const at = `, used ${when(used.at)} (${reference(report, run, used.rseq)})`;
      return at + usedFor(report, run, gate.gate);
    }
    return `, not used yet${answer.data.useBy === null ? "" : `; usable until ${when(answer.data.useBy)}`}`;
  }
  if (granted === null || answer === null) return "";
  return `; it was given by ${who(granted.actor)} (${reference(report, run, granted.rseq)})`;
}

/** The writes that began by it; a record from before approvals covered writes does not say. */
function usedFor(report: Report, run: string, gate: string): string {
  const attempts = report.runs.find(({ summary }) => summary.run === run)?.view.attempts ?? [];
  const begun = attempts.filter(({ start }) => start.allowedBy === gate);
  if (begun.length === 0) return "";
  return `, for ${begun.map(({ step, startRseq }) => `${code(step)} (${reference(report, run, startRseq)})`).join(", ")}`;
}

function reasonOf(answer: GateRecord["answer"]): string {
  if (answer === null || answer.type === "input.given" || answer.type === "gate.closed") return "";
  return answer.data.reason === "" ? "none given" : text(answer.data.reason);
}

function shownAt(report: Report, { run, gate, rseq }: GateRecord): readonly string[] {
  const title = `${code(gate.gate)} (${reference(report, run, rseq)}), digest ${code(gate.digest)}:`;
  return [title, fence(shortenText(contentOf(gate), mostShown))];
}

/** Which writes an answer allows. */
function coverLines({ covers = [] }: Gate): readonly string[] {
  return covers.map(({ state, times, option }) => {
    const how = times === 1 ? "once" : `up to ${times} times`;
    return `allows ${state}, ${how}${option === undefined ? "" : `, where ${option} is chosen`}`;
  });
}

/** The lines that a person read, then everything else that the digest binds. */
function contentOf(gate: Gate): string {
  const { title, shown, options } = gate;
  const { title: _, summary: __, lines: ___, options: ____, covers: _____, ...rest } = shown;
  const bound = Object.keys(rest).length === 0 ? [] : [JSON.stringify(rest, undefined, 1)];
  const choices = options.map(
    ({ id, label, disabled }) =>
      `( ) ${id}: ${label}${disabled === null ? "" : ` (not possible: ${disabled})`}`,
  );
  return [
    title,
    textAt(shown, "summary"),
    ...textsAt(shown, "lines"),
    ...choices,
    ...coverLines(gate),
    ...bound,
  ]
    .filter((line) => line !== "")
    .join("\n");
}
