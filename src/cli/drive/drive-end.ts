/** What is said when a run is no longer driven here, and the exit code of that. */
import type { DriveEnd } from "../../engine/drive.ts";
import { rests, type RunSummary } from "../../model/summary.ts";
import { summaryOf } from "../../runs/find-run.ts";
import { summariesOf, type Summaries } from "../../runs/live-view.ts";
import type { Store } from "../../store/store.ts";
import type { Globals, Io, RunView } from "../io.ts";
import { commandsOf, inDatabase, pauseLines } from "../view/pause.ts";
import { printJsonLine } from "../view/print.ts";
import { printStack } from "../view/print-error.ts";

interface FinishedDrive {
  readonly store: Store;
  readonly id: string;
  readonly view: RunView;
  readonly quiet: boolean;
  /** The exit code of an interrupted run. */
  readonly interruptCode: () => number;
}

interface DriveClosing {
  readonly code: number;
  readonly notes: readonly string[];
  /** What to type next. */
  readonly next: readonly string[];
}

/** Says how the run stands and what to type next, and gives the exit code. */
export function printDriveEnd(end: DriveEnd, finished: FinishedDrive, globals: Globals, io: Io): number {
  const { store, id, view, quiet } = finished;
  const root = summaryOf(store, id);
  const summaries = summariesOf(store, id);
  const { code, ...said } = closingOf(end, { root, summaries, interruptCode: finished.interruptCode });
  const here = inDatabase(globals, io);
  const [notes, next] = [said.notes.map(here), said.next.map(here)];
  if (quiet && end.type === "ended" && code !== 0) view.note(endedBadly(root));
  for (const note of notes) view.note(note);
  if (globals.debug && end.type === "faulted" && end.cause instanceof Error) printStack(end.cause, io);
  if (end.type === "paused" && notes.length === 0)
    for (const line of [...summaries.values()].flatMap((summary) => pauseLines(summary)))
      io.stderr.write(`${here(line)}\n`);
  if (globals.json) {
    const { status } = root;
    const outcome = { schema: "runwright.dev/outcome/v1", run: id, end: end.type, status, exit: code, next };
    printJsonLine(io, outcome);
  }
  return code;
}

interface DriveEnding extends Pick<FinishedDrive, "interruptCode"> {
  readonly root: RunSummary;
  readonly summaries: Summaries;
}

function closingOf(end: DriveEnd, ending: DriveEnding): DriveClosing {
  const { root, interruptCode } = ending;
  const resume = `runwright resume ${root.run}`;
  switch (end.type) {
    case "ended":
      return { code: endCode(root), notes: [], next: [`runwright report ${root.run}`] };
    case "interrupted":
      return { code: interruptCode(), notes: [`Saved. resume with: ${resume}`], next: [resume] };
    case "faulted": {
      const note = `The runbook is at fault; nothing is lost. Fix it, then: ${resume} --migrate`;
      return { code: 1, notes: [note], next: [`${resume} --migrate`] };
    }
    case "paused":
      return pausedClosing(ending, resume);
  }
}

function pausedClosing({ root, summaries }: DriveEnding, resume: string): DriveClosing {
  const [until] = root.timers;
  if (rests(root) && until !== undefined) {
    const note = `Waiting until ${until.due}. It can be left alone; then: ${resume}`;
    return { code: 8, notes: [note], next: [resume] };
  }
  const all = [...summaries.values()];
  const answers = all.flatMap((summary) =>
    summary.gates.flatMap((gate) => commandsOf(summary.run, gate).map(([, command]) => command)),
  );
  return { code: all.some(lacksCredentials) ? 4 : 8, notes: [], next: [...answers, resume] };
}

/** For whom nothing else was told. */
function endedBadly({ run, status, reason }: RunSummary): string {
  return `runwright: ${run} ${status}: ${reason ?? ""}\n  report:  runwright report ${run}`;
}

function endCode({ status, criteria }: RunSummary): number {
  if (status === "succeeded") return 0;
  return status === "failed" && criteria.some(({ verdict }) => verdict === "fail") ? 3 : 1;
}

function lacksCredentials({ steps }: RunSummary): boolean {
  return steps.some(({ failure }) => failure !== null && failure.code.startsWith("CREDENTIALS_"));
}
