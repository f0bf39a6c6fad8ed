import { listRunbooks, loadRunbook, type LoadedRunbook } from "../../loader/load.ts";
import { pinOf } from "../../engine/recompute.ts";
import { RunbookError } from "../../model/error.ts";
import { normaliseRunId } from "../../model/run-id.ts";
import type { RunSummary } from "../../model/summary.ts";
import type { Practice } from "../../practice/practice.ts";
import {
  changedFile,
  chooseVersion,
  tellChanged,
  whyNotOn,
  type Unfinished,
} from "../../runs/runbook-changes.ts";
import { practiceOf } from "../practice/declared.ts";
import { isPracticeWorld, requirePractice, requireSameAccount } from "../../runs/preflight.ts";
import { enterPractice } from "../practice/environment.ts";
import { operatorOf, type Session } from "../../runs/session.ts";
import type { Globals, Io } from "../io.ts";
import { currentStep } from "../../runs/run-status.ts";
import { attendAndTell, withSession, type Attendance } from "./run.ts";

export interface ResumeArgs extends Attendance {
  /** Without one, the only unfinished run. */
  readonly run: string | null;
  /** Go on with the runbook's file as it is now, if the recorded path is the same on it. */
  readonly migrate: boolean;
  /** Which file that is, by name or path, when the run's runbook is not found by its name. */
  readonly runbook?: string | undefined;
}

/** Takes an unfinished run on from where it stands. */
export async function resume(args: ResumeArgs, globals: Globals, io: Io): Promise<number> {
  return withSession(globals, io, async (session, show) => {
    const id = pick(session, args.run);
    const summary = session.summary(id);
    if (summary.endedAt !== null) {
      throw new RunbookError("RUN_ENDED", `Run ${id} ${summary.status} at ${summary.endedAt}.`);
    }
    const { target } = summary.start;
    if (args.auto) requirePractice(target?.practice);
    if (target !== null) {
      if (target.practice !== null) await requireWorld(target.practice, id, summary.start.runbook.id);
      enterPractice(summary, io);
      await requireSameAccount(target, io);
    }
    const version = await settleVersion(args, globals, { session, id, io });
    if (version.type === "stopped") return version.code;
    const answers = args.auto ? await answersFor(summary.start.runbook.id, io) : {};
    return attendAndTell({ ...args, answers, id, session, show, resumed: placeOf(summary) }, globals, io);
  });
}

/** Where a run is taken up, for its record. */
function placeOf(summary: RunSummary): string {
  const current = currentStep(summary);
  return current === undefined
    ? "before its first step"
    : `at ${current.nth}/${current.of} ${current.step.step}`;
}

/** What the practice of the run's runbook declares; without its file the scripted operator does as it does anywhere. */
async function answersFor(runbook: string, io: Io): Promise<NonNullable<Practice["answers"]>> {
  const file = (await listRunbooks(io)).find(({ name }) => name === runbook)?.file;
  return (file === undefined ? undefined : (await practiceOf(file, io))?.answers) ?? {};
}

function pick(session: Session, given: string | null): string {
  if (given !== null) {
    const row = session.store.find(normaliseRunId(given));
    if (row !== undefined) return row.root;
    throw new RunbookError(
      "RUN_UNKNOWN",
      `There is no run ${normaliseRunId(given)} in \`${session.store.file}\`.`,
    );
  }
  const open = session.store.list({ open: true, limit: 20 }).filter(({ parent }) => parent === null);
  const [only] = open;
  if (only !== undefined && open.length === 1) return only.run;
  const names = open.map(({ run, runbook, startedAt }) => `${run} (${runbook}, ${startedAt})`).join(", ");
  throw new RunbookError(
    "RUN_UNKNOWN",
    open.length === 0 ? "There is no unfinished run." : `Several runs are unfinished: ${names}.`,
    {
      hint:
        open.length === 0 ? "Start one with `runwright run RUNBOOK`." : "Name one: `runwright resume RUN`.",
    },
  );
}

async function requireWorld(url: string, id: string, runbook: string): Promise<void> {
  if (await isPracticeWorld(url)) return;
  throw new RunbookError(
    "AWS_UNREACHABLE",
    `The practice world of run ${id} (${url}) has ended, so the run cannot go on.`,
    {
      hint: `End it: runwright cancel ${id} --reason "its world is gone"   and start anew: runwright practice ${runbook}`,
    },
  );
}

/** When the file is another one now: moves the run to it, or not, as the flag or the person says. */
async function settleVersion(
  { migrate, ask, auto, runbook }: ResumeArgs,
  { json, color }: Globals,
  { session, id, io }: Unfinished,
): Promise<{ readonly type: "settled" } | { readonly type: "stopped"; readonly code: number }> {
  const name = runbook ?? pinOf(session.store.log.events(id)).id;
  if (migrate) await migrateTo(await fileOf(name, id, io), session, id, io);
  const changed = migrate ? null : await changedFile(name, { session, id, io });
  if (changed === null) return { type: "settled" };
  const { isTerminal, PromptInterrupted } = await import("../terminal/prompts.ts");
  if (typeof changed === "string" || !ask || auto || json || !isTerminal(io)) {
    tellChanged(changed, id, io);
    return { type: "settled" };
  }
  const isAtFault = session.store.family(id).some(({ run }) => session.summary(run).fault !== null);
  try {
    const choice = await chooseVersion(changed, { isAtFault, color, io });
    if (choice === "file") await migrateTo(changed.loaded, session, id, io);
    if (choice !== "stop") return { type: "settled" };
  } catch (error) {
    if (!(error instanceof PromptInterrupted)) throw error;
    io.stderr.write(left(id));
    return { type: "stopped", code: 130 };
  }
  io.stderr.write(left(id));
  return { type: "stopped", code: 8 };
}

/** The runbook's file as it is now; one that was run by its path has to be named again. */
async function fileOf(name: string, id: string, io: Io): Promise<LoadedRunbook> {
  try {
    return await loadRunbook(name, io);
  } catch (error) {
    if (!(error instanceof RunbookError) || error.code !== "RUNBOOK_UNKNOWN") throw error;
    const hint = `Name its file: runwright resume ${id} --migrate --runbook FILE`;
    throw new RunbookError(error.code, error.message, { cause: error, hint });
  }
}

function left(id: string): string {
  return `Nothing was done. resume with: runwright resume ${id}\n`;
}

/** Pins the run to the file as it is now, if the events so far lead to the same place on it. */
async function migrateTo(loaded: LoadedRunbook, session: Session, id: string, io: Io): Promise<void> {
  const from = pinOf(session.store.log.events(id));
  if (loaded.source === from.source) return;
  const cause = whyNotOn(loaded, session, id);
  if (cause !== null) {
    throw new RunbookError(
      "RUNBOOK_CHANGED",
      `Run ${id} cannot go on with the file as it is now (${loaded.source.slice(0, 12)}, started with ${from.source.slice(0, 12)}): ${cause.message}`,
      { cause },
    );
  }
  await session.keep(loaded);
  for (const row of session.store.family(id)) {
    const own = pinOf(session.store.log.events(row.run));
    const to = { ...own, source: loaded.source };
    session.append({ run: row.run, type: "run.migrated", actor: operatorOf(io), data: { from: own, to } });
  }
}
