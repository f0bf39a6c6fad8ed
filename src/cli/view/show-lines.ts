import { viewOf } from "../../model/run-view.ts";
import type { Kept } from "../../model/kept.ts";
import type { RunEvent } from "../../model/event.ts";
import { sentenceOf } from "../../model/sentence.ts";
import type { RunSummary, StepSummary } from "../../model/summary.ts";
import type { Io } from "../io.ts";
import { detailOf, nextOf } from "./status-text.ts";
import { clip, lasted, utc, widthOf } from "./print.ts";
import type { RunStatus } from "../../runs/run-status.ts";
import { section } from "./section.ts";

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
    told.map((event) => [utc(event.at), event.actor.id, sentenceOf(event)]),
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

function evidenceRows(kept: readonly Kept[], root: string): readonly (readonly string[])[] {
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
