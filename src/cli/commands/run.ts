import { RunbookError } from "../../model/error.ts";
import { resumeAndDrive } from "../drive/resume-and-drive.ts";
import { startAndDrive, type StartArgs } from "../drive/start-and-drive.ts";
import { withWorkspace } from "../drive/with-workspace.ts";
import type { Globals, Io } from "../io.ts";
import { placeOf } from "../record/record-place.ts";
import { choose, isTerminal, PromptInterrupted } from "../terminal/prompts.ts";
import { statusOf } from "../../runs/run-status.ts";
import { printDrawn } from "../view/print.ts";
import { statusLines } from "../view/status-lines.ts";
import { withRun } from "../../runs/find-run.ts";

/** Starts a run; where an unfinished one that nobody drives holds the target, a person at a terminal may go on with that. */
export async function run(args: StartArgs, globals: Globals, io: Io): Promise<number> {
  try {
    return await startAndDrive(args, globals, io);
  } catch (error) {
    const held = leftAlone(error);
    const mayAsk = args.ask && !args.auto && !globals.json && !args.jsonl && isTerminal(io);
    if (held === null || !mayAsk) throw error;
    if (!(await wantsToResume(held, globals, io))) throw error;
    return withWorkspace(globals, io, (opened) =>
      resumeAndDrive({ ...args, ...opened, id: held, migrate: false }, globals, io),
    );
  }
}

/** The run that holds the target, when no engine drives it. */
function leftAlone(error: unknown): string | null {
  if (!(error instanceof RunbookError) || error.code !== "TARGET_HELD") return null;
  const { run: held, driven } = error.data;
  return typeof held === "string" && driven === false ? held : null;
}

async function wantsToResume(held: string, globals: Globals, io: Io): Promise<boolean> {
  const choices = [
    { value: "show", name: `Show how ${held} stands` },
    { value: "resume", name: `Continue with ${held}` },
    { value: "nothing", name: "Nothing: leave it as it is" },
  ];
  const message = `${held} is unfinished on the same target. What do you want to do?`;
  try {
    for (;;) {
      const answer = await choose(io, globals.color, { message, choices });
      if (answer !== "show") return answer === "resume";
      await showStatus(held, globals, io);
    }
  } catch (error) {
    if (error instanceof PromptInterrupted) return false;
    throw error;
  }
}

function showStatus(held: string, globals: Globals, io: Io): Promise<void> {
  return withRun(placeOf(globals, io), held, (store, row) => {
    printDrawn(io, statusLines(statusOf(store, row.run), globals, { ...io, now: store.now }));
  });
}
