import { saidAt } from "../../engine/answer.ts";
import type { DriveEnd } from "../../engine/drive.ts";
import type { Policy } from "../../engine/policy.ts";
import { loadRunbook } from "../../loader/load.ts";
import { rests, type RunSummary } from "../../model/summary.ts";
import { practiceActor, practiceAnswer } from "../../practice/operator.ts";
import type { Practice } from "../../practice/practice.ts";
import { openRecording } from "../../store/recordings.ts";
import { attend, summariesOf } from "../../runs/attend.ts";
import { printStack } from "../view/print-error.ts";
import { attach } from "../../runs/attach-files.ts";
import { parseInputs, type RawInputs } from "../../runs/inputs.ts";
import type { Globals, Io, Operator, RunView } from "../io.ts";
import { createEventStream } from "../view/event-stream.ts";
import { printJsonLine } from "../view/print.ts";
import { practiceOf } from "../practice/declared.ts";
import { practiceWorld, preflight, requirePractice } from "../../runs/preflight.ts";
import { createRecorder } from "../terminal/recorder.ts";
import { openSession, operatorOf, type Session } from "../../runs/session.ts";
import { createStopping, type Stopping } from "../terminal/interrupts.ts";
import { commandsOf, pauseLines } from "../view/pause.ts";
import { createQuietView } from "../view/quiet.ts";
import { createRunView } from "../view/run-view.ts";

/** How a run is attended: who answers, and how it is told. */
export interface Attendance {
  /** A scripted operator answers; only in a practice world. */
  readonly auto: boolean;
  /** Whether a person may be asked here. */
  readonly ask: boolean;
  /** Wait for decisions made elsewhere although nobody is asked here. */
  readonly wait: boolean;
  /** Tell every line that a step prints. */
  readonly verbose: boolean;
  /** Tell nothing but trouble and what to type next. */
  readonly quiet: boolean;
  /** Whether the terminal may ring, notify, and name its window after the run. */
  readonly attention: boolean;
  /** Print the events as they are stored, and nothing else, on stdout. */
  readonly jsonl: boolean;
  /** Gates of these risks are approved without asking. */
  readonly approves: Policy["approves"];
}

/** For commands that only let an engine do what is left to do. */
export const unattended: Attendance = {
  auto: false,
  ask: false,
  wait: false,
  verbose: false,
  quiet: false,
  attention: false,
  jsonl: false,
  approves: [],
};

export interface RunArgs extends Attendance {
  readonly runbook: string;
  readonly input: RawInputs;
  /** Called once the run is recorded. */
  readonly onBegin?: () => void;
  /** Called when the run has ended, before its session is closed. */
  readonly onEnd?: (run: string) => Promise<void>;
}

/** Starts a run and drives it to its end, or to where only a person or time can go on. */
export async function run(args: RunArgs, globals: Globals, io: Io): Promise<number> {
  const loaded = await loadRunbook(args.runbook, io);
  const input = parseInputs(loaded.runbook, args.input);
  // Before anything that is real is asked anything.
  if (args.auto) requirePractice(await practiceWorld(io.env));
  const found = await preflight(loaded, input, io);
  if (args.auto) requirePractice(found.target?.practice);
  return withSession(globals, io, async (session, show) => {
    const actor = args.auto ? practiceActor : operatorOf(io);
    const id = await session.begin({ loaded, input, actor, ...found });
    args.onBegin?.();
    const { answers = {} } = (args.auto ? await practiceOf(loaded.file, io) : undefined) ?? {};
    const code = await attendAndTell({ ...args, answers, id, session, show, resumed: null }, globals, io);
    if (session.summary(id).endedAt !== null) await args.onEnd?.(id);
    return code;
  });
}

/** Opens a session whose progress lines go to whichever view is shown. */
export async function withSession(
  globals: Globals,
  io: Io,
  work: (session: Session, show: (view: RunView) => void) => Promise<number>,
): Promise<number> {
  let view: RunView | undefined;
  const session = openSession(globals, io, (id, step, line) => view?.progress(id, step, line));
  try {
    return await work(session, (shown) => {
      view = shown;
    });
  } finally {
    view?.close();
    session.close();
  }
}

export interface AttendArgs extends Attendance {
  readonly id: string;
  /** What the scripted operator was told to say. */
  readonly answers: NonNullable<Practice["answers"]>;
  readonly session: Session;
  readonly show: (view: RunView) => void;
  readonly resumed: string | null;
}

export async function attendAndTell(args: AttendArgs, globals: Globals, io: Io): Promise<number> {
  const { id, session, show, auto, resumed, wait, verbose, quiet, attention, jsonl, approves } = args;
  useRegion(session.summary(id), io);
  const policy = policyOf(approves, io);
  // With --json stdout is for the one document at the end, with --jsonl for the events.
  const screen = globals.json || jsonl ? { ...io, stdout: io.stderr } : io;
  const recorder = createRecorder(screen, {
    title: `${id} ${session.summary(id).start.runbook.id}`,
    redactor: session.host.redactor,
    open: () => openRecording(session.store, id),
    onFailure: (why) => void io.stderr.write(`The terminal is not recorded: ${why}\n`),
  });
  const view = quiet
    ? createQuietView((line) => void io.stderr.write(`${line}\n`))
    : createRunView(
        { ...screen, stdout: recorder.stdout },
        { color: globals.color, run: id, verbose, attention, policy },
      );
  show(view);
  const { store } = session;
  const onNews = jsonl ? createEventStream(store, id, { io, isNew: resumed === null }) : () => {};
  const stopping = createStopping(io, view.note);
  const operator = await operatorFor(args, globals, { io, view, stopping });
  const actor = operator?.actor ?? operatorOf(io);
  let code: number | null = null;
  try {
    const end = await attend({
      session,
      run: id,
      view,
      operator,
      actor,
      policy,
      resumed,
      stop: stopping.signal,
      wait: wait && !auto,
      onNews,
    });
    view.close();
    onNews();
    code = finish(end, { session, id, view, quiet, stopping, globals, io });
    return code;
  } finally {
    stopping.dispose();
    recorder.close(code);
  }
}

/** What the person said in advance, recorded as said by them, but not as if they had seen what they approve. */
function policyOf(approves: Policy["approves"], io: Io): Policy | undefined {
  return approves.length === 0 ? undefined : { approves, actor: { ...operatorOf(io), kind: "policy" } };
}

/** Everything that the run calls is in its target's region, whatever the terminal's environment says. */
function useRegion({ start: { target } }: RunSummary, io: Io): void {
  if (target !== null) Object.assign(io.env, { AWS_REGION: target.region });
}

interface Surroundings {
  readonly io: Io;
  readonly view: RunView;
  readonly stopping: Stopping;
}

async function operatorFor(
  { auto, answers, ask, session, id }: AttendArgs,
  globals: Globals,
  { io, view, stopping }: Surroundings,
): Promise<Operator | null> {
  if (auto) {
    return {
      actor: practiceActor,
      ask: async (gate, { start: { runbook } }) =>
        practiceAnswer(gate, saidAt(answers, `${runbook.id}/${gate.step}`, gate.step)),
    };
  }
  if (!ask || !io.stdin.isTTY || session.summary(id).endedAt !== null) return null;
  const { createPrompts, PromptInterrupted } = await import("../terminal/prompts.ts");
  const actor = operatorOf(io);
  const screen = { color: globals.color, pause: view.pause, resume: view.resume };
  const keep = (of: string, files: readonly string[]) => attach(files, { session, run: of, io });
  const prompts = createPrompts(io, { ...screen, actor, attach: keep });
  return {
    actor,
    ask: async (gate, summary, signal) => {
      try {
        return await prompts.ask(gate, summary, signal);
      } catch (error) {
        if (!(error instanceof PromptInterrupted)) throw error;
        stopping.interrupt();
        return undefined;
      }
    },
  };
}

interface Finished extends Surroundings {
  readonly session: Session;
  readonly id: string;
  readonly quiet: boolean;
  readonly globals: Globals;
}

interface Ending {
  readonly code: number;
  readonly notes: readonly string[];
  /** What to type next. */
  readonly next: readonly string[];
}

/** Says how it stands and what to type next, and gives the exit code. */
function finish(end: DriveEnd, finished: Finished): number {
  const { session, id, view, quiet, globals, io } = finished;
  const { code, notes, next } = endingOf(end, finished);
  if (quiet && end.type === "ended" && code !== 0) view.note(endedBadly(session.summary(id)));
  for (const note of notes) view.note(note);
  if (globals.debug && end.type === "faulted" && end.cause instanceof Error) printStack(end.cause, io);
  const summaries = [...summariesOf(session, id).values()];
  if (end.type === "paused" && notes.length === 0)
    for (const line of summaries.flatMap((summary) => pauseLines(summary))) io.stderr.write(`${line}\n`);
  if (globals.json) {
    const { status } = session.summary(id);
    const outcome = { schema: "runwright.dev/outcome/v1", run: id, end: end.type, status, exit: code, next };
    printJsonLine(io, outcome);
  }
  return code;
}

function endingOf(end: DriveEnd, { session, id, stopping }: Finished): Ending {
  const root = session.summary(id);
  const resume = `runwright resume ${id}`;
  switch (end.type) {
    case "ended":
      return { code: endCode(root), notes: [], next: [`runwright report ${id}`] };
    case "interrupted":
      return { code: stopping.exitCode(), notes: [`Saved. resume with: ${resume}`], next: [resume] };
    case "faulted": {
      const note = `The runbook is at fault; nothing is lost. Mend it, then: ${resume} --migrate`;
      return { code: 1, notes: [note], next: [`${resume} --migrate`] };
    }
    case "paused": {
      const [until] = root.timers;
      if (rests(root) && until !== undefined) {
        const note = `Waiting until ${until.due}. It can be left alone; then: ${resume}`;
        return { code: 8, notes: [note], next: [resume] };
      }
      const summaries = [...summariesOf(session, id).values()];
      const answers = summaries.flatMap((summary) =>
        summary.gates.flatMap((gate) => commandsOf(summary.run, gate).map(([, command]) => command)),
      );
      return { code: summaries.some(lacksCredentials) ? 4 : 8, notes: [], next: [...answers, resume] };
    }
  }
}

/** For whom nothing else was told. */
function endedBadly({ run: id, status, reason }: RunSummary): string {
  return `runwright: ${id} ${status}: ${reason ?? ""}\n  report:  runwright report ${id}`;
}

function endCode({ status, criteria }: RunSummary): number {
  if (status === "succeeded") return 0;
  return status === "failed" && criteria.some(({ verdict }) => verdict === "fail") ? 3 : 1;
}

function lacksCredentials({ steps }: RunSummary): boolean {
  return steps.some(({ failure }) => failure !== null && failure.code.startsWith("CREDENTIALS_"));
}
