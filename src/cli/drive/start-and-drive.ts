import { loadRunbook } from "../../loader/load.ts";
import { practiceActor } from "../../practice/operator.ts";
import { summaryOf } from "../../runs/find-run.ts";
import { parseInputs, type RawInputs } from "../../runs/inputs.ts";
import { actorAtKeyboard } from "../../runs/actor-at-keyboard.ts";
import { practiceWorld } from "../../runs/practice-world.ts";
import { preflight } from "../../runs/preflight.ts";
import { startRun as recordStart } from "../../runs/start.ts";
import type { Globals, Io } from "../io.ts";
import { answersOf } from "../practice/declared.ts";
import { requirePractice } from "../practice/environment.ts";
import type { DriveFlags } from "./drive-flags.ts";
import { driveShown } from "./drive-shown.ts";
import { withWorkspace } from "./with-workspace.ts";

export interface StartArgs extends DriveFlags {
  readonly runbook: string;
  readonly input: RawInputs;
  /** Called once the run is recorded. */
  readonly onBegin?: () => void;
  /** Called when the run has ended, before its workspace is closed. */
  readonly onEnd?: (run: string) => Promise<void>;
}

/** Starts a run and drives it to its end, or to where only a person or time can go on. */
export async function startAndDrive(args: StartArgs, globals: Globals, io: Io): Promise<number> {
  const loaded = await loadRunbook(args.runbook, io);
  const input = parseInputs(loaded.runbook, args.input);
  // Before anything that is real is asked anything.
  if (args.auto) requirePractice(await practiceWorld(io.env));
  const found = await preflight(loaded, input, io);
  if (args.auto) requirePractice(found.target?.practice);
  return withWorkspace(globals, io, async (opened) => {
    const { workspace } = opened;
    const actor = args.auto ? practiceActor : actorAtKeyboard(io);
    const id = await recordStart(workspace, { loaded, input, actor, ...found });
    args.onBegin?.();
    const answers = args.auto ? await answersOf(loaded.file, io) : {};
    const code = await driveShown({ ...args, ...opened, answers, id, resumed: null }, globals, io);
    if (summaryOf(workspace.store, id).endedAt !== null) await args.onEnd?.(id);
    return code;
  });
}
