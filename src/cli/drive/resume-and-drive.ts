import { listRunbooks } from "../../loader/load.ts";
import { requireUnfinished } from "../../runs/find-run.ts";
import { requireSameAccount } from "../../runs/preflight.ts";
import { requireWorld } from "../../runs/practice-world.ts";
import { positionOf } from "../../runs/run-status.ts";
import type { Globals, Io } from "../io.ts";
import { answersOf } from "../practice/declared.ts";
import { enterPractice, requirePractice } from "../practice/environment.ts";
import { resolveVersion, type VersionFlags } from "./choose-version.ts";
import type { DriveFlags } from "./drive-flags.ts";
import { driveShown } from "./drive-shown.ts";
import type { PracticeAnswers } from "./choose-operator.ts";
import type { OpenedWorkspace } from "./with-workspace.ts";

export interface ResumedDrive extends DriveFlags, VersionFlags, OpenedWorkspace {
  readonly id: string;
}

/** Takes an unfinished run on from where it stands. */
export async function resumeAndDrive(args: ResumedDrive, globals: Globals, io: Io): Promise<number> {
  const { id, workspace } = args;
  const summary = requireUnfinished(workspace.store, id);
  const { target, runbook } = summary.start;
  if (args.auto) requirePractice(target?.practice);
  if (target !== null) {
    await requireWorld(summary);
    enterPractice(summary, io);
    await requireSameAccount(target, io);
  }
  const version = await resolveVersion(args, globals, io);
  if (version.type === "stopped") return version.code;
  const answers = args.auto ? await answersFor(runbook.id, io) : {};
  return driveShown({ ...args, answers, resumed: positionOf(summary) }, globals, io);
}

/** What the practice of the run's runbook declares; without its file the scripted operator does as it does anywhere. */
async function answersFor(runbook: string, io: Io): Promise<PracticeAnswers> {
  const file = (await listRunbooks(io)).find(({ name }) => name === runbook)?.file;
  return file === undefined ? {} : answersOf(file, io);
}
