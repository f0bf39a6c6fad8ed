import type { DriveEnd } from "../../engine/drive.ts";
import { loadRunbook } from "../../loader/load.ts";
import { rests, type RunSummary } from "../../model/summary.ts";
import { practiceActor, practiceAnswer } from "../../practice/operator.ts";
import { attend, summariesOf } from "../attend.ts";
import { parseInputs, type RawInputs } from "../inputs.ts";
import type { Globals, Io, Operator, RunView } from "../io.ts";
import { preflight, requirePractice } from "../preflight.ts";
import { openSession, operatorOf, type Session } from "../session.ts";
import { createStopping, type Stopping } from "../stopping.ts";
import { pauseLines } from "../view/pause.ts";
import { createRunView } from "../view/run-view.ts";

export interface RunArgs {
  readonly runbook: string;
  readonly input: RawInputs;
  /** A scripted operator answers; only in a practice world. */
  readonly auto: boolean;
  /** Whether a person may be asked here. */
  readonly ask: boolean;
  /** Wait for decisions made elsewhere although nobody is asked here. */
  readonly wait: boolean;
  /** Called when the run has ended, before its session is closed. */
  readonly onEnd?: (run: string) => Promise<void>;
}

/** Starts a run and drives it to its end, or to where only a person or time can go on. */
export async function run(args: RunArgs, globals: Globals, io: Io): Promise<number> {
  const loaded = await loadRunbook(args.runbook, io.cwd);
  const input = parseInputs(loaded.runbook, args.input);
  const found = await preflight(loaded, input, io);
  if (args.auto) requirePractice(found.target);
  return withSession(globals, io, async (session, show) => {
    const actor = args.auto ? practiceActor : operatorOf(io);
    const id = await session.begin({ loaded, input, actor, ...found });
    const code = await attendAndTell({ ...args, id, session, show, resumed: null }, globals, io);
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

export interface AttendArgs extends Pick<RunArgs, "auto" | "ask" | "wait"> {
  readonly id: string;
  readonly session: Session;
  readonly show: (view: RunView) => void;
  readonly resumed: string | null;
}

export async function attendAndTell(args: AttendArgs, globals: Globals, io: Io): Promise<number> {
  const { id, session, show, auto, resumed, wait } = args;
  const view = createRunView(io, { color: globals.color, run: id });
  show(view);
  const stopping = createStopping(io, view.note);
  const operator = await operatorFor(args, globals, { io, view, stopping });
  const actor = operator?.actor ?? operatorOf(io);
  try {
    const end = await attend({
      session,
      run: id,
      view,
      operator,
      actor,
      resumed,
      stop: stopping.signal,
      wait: wait && !auto,
    });
    view.close();
    return finish(end, { session, id, view, stopping, io });
  } finally {
    stopping.dispose();
  }
}

interface Surroundings {
  readonly io: Io;
  readonly view: RunView;
  readonly stopping: Stopping;
}

async function operatorFor(
  { auto, ask, session, id }: AttendArgs,
  globals: Globals,
  { io, view, stopping }: Surroundings,
): Promise<Operator | null> {
  if (auto) return { actor: practiceActor, ask: async (gate) => practiceAnswer(gate) };
  if (!ask || !io.stdin.isTTY || session.summary(id).endedAt !== null) return null;
  const { createPrompts, PromptInterrupted } = await import("../prompts.ts");
  const prompts = createPrompts(io, { color: globals.color, pause: view.pause, resume: view.resume });
  return {
    actor: operatorOf(io),
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

interface Finished {
  readonly session: Session;
  readonly id: string;
  readonly view: RunView;
  readonly stopping: Stopping;
  readonly io: Io;
}

/** Says how it stands and what to type next, and gives the exit code. */
function finish(end: DriveEnd, { session, id, view, stopping, io }: Finished): number {
  const summaries = summariesOf(session, id);
  const root = session.summary(id);
  switch (end.type) {
    case "ended":
      return endCode(root);
    case "interrupted":
      view.note(`Saved. resume with: runwright resume ${id}`);
      return stopping.exitCode();
    case "faulted":
      view.note(`The runbook is at fault; nothing is lost. Mend it, then: runwright resume ${id} --migrate`);
      return 1;
    case "paused": {
      const [until] = root.timers;
      if (rests(root) && until !== undefined) {
        view.note(`Waiting until ${until.due}. It can be left alone; then: runwright resume ${id}`);
        return 8;
      }
      for (const summary of summaries.values()) {
        for (const line of pauseLines(summary, summary.gates)) io.stderr.write(`${line}\n`);
      }
      return [...summaries.values()].some(lacksCredentials) ? 4 : 8;
    }
  }
}

function endCode({ status, criteria }: RunSummary): number {
  if (status === "succeeded") return 0;
  return status === "failed" && criteria.some(({ verdict }) => verdict === "fail") ? 3 : 1;
}

function lacksCredentials({ steps }: RunSummary): boolean {
  return steps.some(({ failure }) => failure !== null && failure.code.startsWith("CREDENTIALS_"));
}
