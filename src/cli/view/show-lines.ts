import { viewOf } from "../../model/run-view.ts";
import type { EventEvidence } from "../../model/event-evidence.ts";
import type { RunEvent } from "../../model/event.ts";
import { eventText } from "../../model/event-text.ts";
import type { RunSummary, StepSummary } from "../../model/summary.ts";
import type { Io } from "../io.ts";
import { detailOf, nextOf } from "./status-text.ts";
import { clip, lasted, utc, widthOf, columns, section } from "./print.ts";
import type { RunStatus } from "../../runs/run-status.ts";
import type { GateRecord } from "../../model/gate-record.ts";
import type { RecordedAttempt } from "../../model/attempts.ts";

/** A run with all that it came to; `all`: the events of the run, then those of each run inside it. */
export function showLines(
  status: RunStatus,
  all: readonly (readonly RunEvent[])[],
  io: Io,
): readonly string[] {
  const { summary, state, inside } = status;
  const { run, start, startedAt, endedAt, requester, criteria, findings, followUps } = summary;
  const now = io.now();
  const width = widthOf(io);
  const took = lasted(startedAt, endedAt, now);
  const lines = [
    `${run}  ${start.runbook.title} (${start.runbook.id}, source ${start.runbook.source.slice(0, 12)})`,
    `${state.toUpperCase()} ${detailOf(status)}`.trim(),
    `started ${utc(startedAt)} by ${requester}, ${endedAt === null ? `${took} so far` : `ended ${utc(endedAt)}, ${took}`}`,
    ...section("Steps", stepRows(summary, now)),
    ...section(
      "Child runs",
      inside.map((child) => [child.run, child.start.runbook.id, child.status]),
    ),
    ...section(
      "Success criteria",
      criteria.map(({ verdict, id, title, evidence }) => [
        verdict.toUpperCase(),
        id,
        title,
        evidence === null ? "" : `#${evidence}`,
      ]),
    ),
    ...section(
      "Findings",
      findings.map((finding) => [finding.status, finding.step, finding.text]),
    ),
    ...section(
      "Follow-ups",
      followUps.map(({ due, owner, title }) => [`due ${utc(due)}`, owner, title]),
    ),
  ].map((line) => clip(line, width));
  // A digest that was cut off names nothing, so these lines may be longer than the screen is wide.
  return [
    ...lines,
    ...section(
      "Evidence",
      evidenceRows(
        all.flatMap((own) => viewOf(own).kept),
        run,
      ),
    ),
    ...rollbackLines(all[0] ?? []),
    "",
    `next  ${nextOf(status)}`,
  ];
}

/** What a person gave up of this run's record. */
function rollbackLines(events: readonly RunEvent[]): readonly string[] {
  const told = events.filter(({ type }) => type === "rollback.accepted");
  return section(
    "Not in this record",
    told.map((event) => [utc(event.at), event.actor.id, eventText(event)]),
  );
}

function stepRows({ steps }: RunSummary, now: Date): readonly (readonly string[])[] {
  return steps.map((step, index) => [
    `${index + 1}/${steps.length}`,
    step.step,
    step.status,
    step.attempts > 1 ? `x${step.attempts}` : "",
    lasted(step.startedAt, step.endedAt, now),
    wordsOf(step),
  ]);
}

function wordsOf({ failure, describe, title }: StepSummary): string {
  if (failure !== null) return `${failure.code}: ${failure.message}`;
  return describe ?? title;
}

function evidenceRows(kept: readonly EventEvidence[], root: string): readonly (readonly string[])[] {
  return kept.flatMap(({ run, step, rseq, artifacts }) =>
    artifacts.map(({ name, sha256, bytes }) => [
      `${run === root ? "" : run}#${rseq}`,
      step,
      name,
      `${bytes} bytes`,
      sha256,
    ]),
  );
}

/** A gate with what it showed, and what became of it. */
export function gateHistoryLines({ gate, run, rseq, openedAt, answer }: GateRecord): readonly string[] {
  const { lines, summary } = gate.shown;
  const shown = [summary, ...(Array.isArray(lines) ? lines : [])].filter(
    (line) => typeof line === "string" && line !== "",
  );
  const artifacts = answer?.artifacts ?? [];
  return [
    `${run} ${gate.gate}: ${gate.title}`,
    `asked ${utc(openedAt)}, event #${rseq}, ${gate.kind}, risk ${gate.risk}, sha ${gate.digest}`,
    ...shown.map((line) => `  ${String(line)}`),
    answer === null
      ? "nobody has answered yet"
      : `${utc(answer.at)} ${answer.actor.id}: ${eventText(answer)}, event #${answer.rseq}`,
    ...columns(artifacts.map(({ name, bytes, sha256 }) => [name, `${bytes} bytes`, sha256])).map(
      (row) => `  ${row}`,
    ),
    ...(artifacts.length === 0 ? [] : ["", `next  runwright logs ${run} ${gate.step}`]),
    "",
  ];
}

/** All that is known of an attempt. */
export function attemptLines(attempt: RecordedAttempt): readonly string[] {
  const { run, step, start, startedAt, endedAt, outcome, output, failure, artifacts, doubts } = attempt;
  return [
    `${run} ${step}, attempt ${attempt.attempt}: ${outcome.toUpperCase()}   ${start.kind}, ${start.effect}, risk ${start.risk}`,
    start.describe,
    `started ${utc(startedAt)}${endedAt === null ? "" : `, ended ${utc(endedAt)}`}, key ${start.key}`,
    ...doubts.map(({ why, settled }) =>
      settled === null
        ? `in doubt: ${why}`
        : `in doubt: ${why}; settled as ${settled.verdict} by the ${settled.by}: ${settled.why}`,
    ),
    ...(failure === null
      ? []
      : [
          "",
          `failure  ${failure.code}: ${failure.message}`,
          `         ${failure.hint}`,
          ...json(failure.data),
        ]),
    "",
    "input",
    ...json(start.input),
    ...(output === null ? [] : ["", "output", ...json(output)]),
    ...section(
      "Artifacts",
      artifacts.map(({ name, bytes, sha256 }) => [name, `${bytes} bytes`, sha256]),
    ),
    ...(artifacts.length === 0 ? [] : ["", `next  runwright logs ${run} ${step}`]),
    "",
  ];
}

function json(value: unknown): readonly string[] {
  return JSON.stringify(value, undefined, 2)
    .split("\n")
    .map((line) => `  ${line}`);
}
