import { attemptsNamed } from "../record/attempts-named.ts";
import type { Attempt } from "../../model/attempts.ts";
import type { GateRecord } from "../../model/gate-record.ts";
import { viewOf } from "../../model/run-view.ts";
import type { Kept } from "../../model/kept.ts";
import type { RunEvent } from "../../model/event.ts";
import { sentenceOf } from "../../model/sentence.ts";
import type { RunSummary, StepSummary } from "../../model/summary.ts";
import type { Globals, Io } from "../io.ts";
import { askedLines } from "../view/gate-history.ts";
import { familyOf } from "../../runs/find-run.ts";
import { withRun } from "../record/with-run.ts";
import { detailOf, nextOf } from "../view/status-text.ts";
import { clip, columns, lasted, printJson, printLines, utc, widthOf } from "../view/print.ts";
import { statusOf, type RunStatus } from "../../runs/run-status.ts";

export interface ShowArgs {
  readonly run: string;
  readonly step: string | undefined;
}

/** Shows a run with its steps, criteria, findings, follow-ups and evidence; or all that is known of one step. */
export async function show({ run, step }: ShowArgs, globals: Globals, io: Io): Promise<number> {
  return withRun({ globals, io, run }, (store, row) => {
    const events = store.log.events(row.run);
    if (step !== undefined) {
      const gates = viewOf(events).gates.filter(({ gate }) => gate.step === step);
      const isPersons = gates.some(({ gate }) => gate.kind !== "inDoubt");
      const attempts = isPersons ? [] : attemptsNamed(row.run, events, step);
      if (globals.json) printJson(io, "step", { run: row.run, step, attempts, gates: gates.map(toldOf) });
      else printLines(io, [...attempts.flatMap(attemptLines), ...gates.flatMap(askedLines)]);
      return 0;
    }
    const status = statusOf(store, row.run, io.now());
    const all = familyOf(store, row.run).map(({ events: own }) => own);
    if (globals.json) {
      const attempts = all.flatMap((own) => viewOf(own).attempts);
      const { summary, state } = status;
      const told = { state, detail: detailOf(status), next: nextOf(status) };
      printJson(io, "show", { ...summary, ...told, attempts });
    } else printLines(io, linesOf(status, all, io));
    return 0;
  });
}

/** A gate with its last answer; what else is known of it is in the events that `timeline --json` prints. */
function toldOf({ granted: _granted, used: _used, ...gate }: GateRecord): object {
  return gate;
}

/** `all`: the events of the run, then those of each run inside it. */
function linesOf(status: RunStatus, all: readonly (readonly RunEvent[])[], io: Io): readonly string[] {
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

function section(title: string, rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  return ["", title, ...columns(rows).map((row) => `  ${row}`)];
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

function attemptLines(attempt: Attempt): readonly string[] {
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
