import type { RunSummary } from "../../model/summary.ts";
import type { RunRow, Store } from "../../store/store.ts";
import type { Globals, Io } from "../io.ts";
import { openForReading, withRun } from "../../runs/find-run.ts";
import { clip, columns, lasted, printJson, printDrawn, utc, widthOf } from "../view/print.ts";
import { visibleLine } from "../../redact/visible.ts";
import { quote } from "../view/shell.ts";
import { renderGate } from "../view/gate.ts";
import { palette } from "../view/palette.ts";
import { commandsOf } from "../view/pause.ts";
import { symbolsOf } from "../view/symbols.ts";
import { currentStep, standingOf, type OpenGate, type Standing } from "../../runs/run-status.ts";

interface Surroundings {
  readonly globals: Globals;
  readonly io: Io;
}

export interface StatusArgs {
  readonly run: string | undefined;
}

/** Says where a run stands: the one that was named, or the only unfinished one; else lists the unfinished ones. */
export async function status({ run }: StatusArgs, globals: Globals, io: Io): Promise<number> {
  if (run !== undefined) {
    return withRun({ globals, io, run }, (store, row) => {
      const standing = standingOf(store, row.run, io.now());
      if (globals.json) printJson(io, "status", jsonOf(standing));
      else printDrawn(io, linesOf(standing, { globals, io }));
      return 0;
    });
  }
  const store = openForReading(globals, io);
  try {
    const standings = openRuns(store).map((row) => standingOf(open(store), row.run, io.now()));
    if (globals.json) printJson(io, "status", { runs: standings.map(jsonOf) });
    else printDrawn(io, overview(standings, { globals, io }));
    return 0;
  } finally {
    store?.close();
  }
}

/** Unfinished runs that are nobody's child. */
function openRuns(store: Store | undefined): readonly RunRow[] {
  return (store?.list({ open: true, limit: 100 }) ?? []).filter(({ parent }) => parent === null);
}

function open(store: Store | undefined): Store {
  if (store === undefined) throw new Error("There is no database.");
  return store;
}

function overview(standings: readonly Standing[], around: Surroundings): readonly string[] {
  const [only] = standings;
  if (only === undefined) return ["No run is unfinished.", "", "next  runwright list --all"];
  if (standings.length === 1) return linesOf(only, around);
  const rows = standings.map(({ summary, state, detail }) => [
    summary.run,
    summary.start.runbook.id,
    `${state} ${detail}`.trim(),
    positionOf(summary),
  ]);
  return [...columns(rows), "", `next  runwright status ${only.summary.run}`];
}

function linesOf(standing: Standing, around: Surroundings): readonly string[] {
  const { io } = around;
  const { summary, inside, gates, state, detail, next } = standing;
  const { run, start, startedAt, endedAt, requester } = summary;
  const current = inside.findLast((child) => child.endedAt === null);
  const facts = [
    ["run", `${run}  ${start.runbook.title} (${start.runbook.id})`],
    ["state", `${state.toUpperCase()}${detail === "" ? "" : ` ${detail}`}`],
    ["step", positionOf(summary)],
    ...(current === undefined ? [] : [["inside", `child run ${current.run}: ${positionOf(current)}`]]),
    ["target", targetOf(summary)],
    ["engine", engineOf(standing)],
    ["since", `${utc(startedAt)}, ${lasted(startedAt, endedAt, io.now())}, requested by ${requester}`],
  ];
  const width = widthOf(io);
  const shown = columns(facts.map(([name = "", text = ""]) => [name, clip(text, width - 8)]));
  const approved = inside.concat(summary).flatMap((owner) => approvalLines(owner));
  const asked = gates.flatMap((gate) => ["", ...gateLines(gate, around)]);
  return [...shown, ...approved, ...asked, "", `next    ${next}`];
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
function positionOf(summary: RunSummary): string {
  const current = currentStep(summary);
  if (current === undefined) return `0/${summary.steps.length}`;
  const { step, nth, of } = current;
  const attempt = step.attempts > 1 ? `, attempt ${step.attempts}` : "";
  return `${nth}/${of} ${step.step} ${step.status}${attempt}${step.describe === null ? "" : `: ${step.describe}`}`;
}

/** What a run acts on; that it is only practice is said in capitals. */
function targetOf({ start: { target } }: RunSummary): string {
  if (target === null) return "nothing that two runs could fight over";
  const world = target.practice === null ? "" : `PRACTICE WORLD ${target.practice}, `;
  return `${world}aws ${target.account} ${target.region}, ${target.dir} (workspace ${target.workspace})`;
}

function engineOf({ engine, summary, state }: Standing): string {
  if (summary.endedAt !== null) return "none: the run has ended";
  if (engine !== null) {
    const { owner, since } = engine;
    return `driven by ${owner.user} on ${owner.host}, pid ${owner.pid}, since ${utc(since)}`;
  }
  return state === "waiting"
    ? `none; after the decision go on with runwright resume ${summary.run}`
    : `none; resume with: runwright resume ${summary.run}`;
}

/** The gate as a prompt would show it, and the commands that answer it. */
function gateLines({ summary, gate }: OpenGate, { globals, io }: Surroundings): readonly string[] {
  const look = { paint: palette(io, globals.color), symbols: symbolsOf(io), now: io.now() };
  const commands = commandsOf(summary.run, gate).map(([label, command]) => `  ${label.padEnd(9)} ${command}`);
  return [...renderGate(gate, summary, widthOf(io), look), "", ...commands];
}

function jsonOf(standing: Standing): object {
  const { summary, inside, gates, engine, state, detail, next } = standing;
  const { run, start, requester, startedAt, endedAt, lastAt, timers, events } = summary;
  const current = currentStep(summary);
  return {
    run,
    runbook: start.runbook,
    state,
    detail,
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
    next,
  };
}
