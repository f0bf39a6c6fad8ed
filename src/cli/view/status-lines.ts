import type { RunSummary } from "../../model/summary.ts";
import { visibleLine } from "../../redact/visible.ts";
import { currentStep, type OpenGate, type RunStatus } from "../../runs/run-status.ts";
import type { Globals, Io } from "../io.ts";
import { lookOf } from "./render-context.ts";
import { renderGate } from "./gate.ts";
import { commandsOf, quote } from "./pause.ts";
import { clip, columns, lasted, utc, widthOf } from "./print.ts";
import { detailOf, nextOf } from "./status-text.ts";

/** Unfinished runs in one table; the only one in full. */
export function overviewLines(statuses: readonly RunStatus[], globals: Globals, io: Io): readonly string[] {
  const [only] = statuses;
  if (only === undefined) return ["No run is unfinished.", "", "next  runwright list --all"];
  if (statuses.length === 1) return statusLines(only, globals, io);
  const rows = statuses.map((status) => [
    status.summary.run,
    status.summary.start.runbook.id,
    `${status.state} ${detailOf(status)}`.trim(),
    stepText(status.summary),
  ]);
  return [...columns(rows), "", `next  runwright status ${only.summary.run}`];
}

/** Where a run stands, for people. */
export function statusLines(status: RunStatus, globals: Globals, io: Io): readonly string[] {
  const { summary, inside, gates, state } = status;
  const detail = detailOf(status);
  const { run, start, startedAt, endedAt, requester } = summary;
  const current = inside.findLast((child) => child.endedAt === null);
  const facts = [
    ["run", `${run}  ${start.runbook.title} (${start.runbook.id})`],
    ["state", `${state.toUpperCase()}${detail === "" ? "" : ` ${detail}`}`],
    ["step", stepText(summary)],
    ...(current === undefined ? [] : [["inside", `child run ${current.run}: ${stepText(current)}`]]),
    ["target", targetOf(summary)],
    ["engine", engineText(status)],
    ["since", `${utc(startedAt)}, ${lasted(startedAt, endedAt, io.now())}, requested by ${requester}`],
  ];
  const width = widthOf(io);
  const shown = columns(facts.map(([name = "", text = ""]) => [name, clip(text, width - 8)]));
  const approved = inside.concat(summary).flatMap((owner) => approvalLines(owner));
  const asked = gates.flatMap((gate) => ["", ...gateLines(gate, globals, io)]);
  return [...shown, ...approved, ...asked, "", `next    ${nextOf(status)}`];
}

/** An approval that no engine has used yet, and how to take it back. */
function approvalLines({ run, approvals }: RunSummary): readonly string[] {
  return approvals.flatMap(({ gate: { gate }, by, at, useBy }) => [
    "",
    `gate ${visibleLine(gate)} approved by ${visibleLine(by)} at ${utc(at)}, not used yet${useBy === null ? "" : `, usable until ${utc(useBy)}`}`,
    `  ${"revoke:".padEnd(9)} runwright revoke ${run} ${quote(visibleLine(gate))} --reason "..."`,
  ]);
}

/** `4/9 approvePlan: approve the plan` */
function stepText(summary: RunSummary): string {
  const current = currentStep(summary);
  if (current === undefined) return `0/${summary.steps.length}`;
  const { step, nth, of } = current;
  const attempt = step.attempts > 1 ? `, attempt ${step.attempts}` : "";
  return `${nth}/${of} ${step.step} ${step.status}${attempt}${step.describe === null ? "" : `: ${step.describe}`}`;
}

/** What a run acts on; that it is only practice is said in capitals. */
function targetOf({ start: { target } }: RunSummary): string {
  if (target === null) return "no shared target";
  const world = target.practice === null ? "" : `PRACTICE WORLD ${target.practice}, `;
  return `${world}aws ${target.account} ${target.region}, ${target.dir} (workspace ${target.workspace})`;
}

function engineText({ engine, summary, state }: RunStatus): string {
  if (summary.endedAt !== null) return "none: the run has ended";
  if (engine !== null) {
    const { owner, since } = engine;
    return `driven by ${owner.user} on ${owner.host}, pid ${owner.pid}, since ${utc(since)}`;
  }
  return state === "waiting"
    ? `none; after the decision continue with runwright resume ${summary.run}`
    : `none; resume with: runwright resume ${summary.run}`;
}

/** The gate as a prompt would show it, and the commands that answer it. */
function gateLines({ summary, gate }: OpenGate, globals: Globals, io: Io): readonly string[] {
  const look = { ...lookOf(io, globals.color), now: io.now() };
  const commands = commandsOf(summary.run, gate).map(([label, command]) => `  ${label.padEnd(9)} ${command}`);
  return [...renderGate(gate, summary, widthOf(io), look), "", ...commands];
}

/** The same as data; scripts rely on its fields. */
export function statusJson(status: RunStatus): object {
  const { summary, inside, gates, engine, state } = status;
  const { run, start, requester, startedAt, endedAt, lastAt, timers, events } = summary;
  const current = currentStep(summary);
  return {
    run,
    runbook: start.runbook,
    state,
    detail: detailOf(status),
    requester,
    startedAt,
    endedAt,
    lastAt,
    target: start.target,
    step:
      current === undefined
        ? null
        : { step: current.step.step, status: current.step.status, nth: current.nth, of: current.of },
    gates: gates.map(({ summary: owner, gate }) => ({ run: owner.run, ...gate })),
    approvals: [summary, ...inside].flatMap(({ run: owner, approvals }) =>
      approvals.map(({ gate: { gate, digest }, by, at, useBy }) => ({
        run: owner,
        gate,
        digest,
        by,
        at,
        useBy,
      })),
    ),
    timers,
    children: inside.map((child) => ({ run: child.run, status: child.status })),
    engine: engine === null ? null : { ...engine.owner, since: engine.since },
    events,
    next: nextOf(status),
  };
}
