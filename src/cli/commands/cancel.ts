import { RunbookError } from "../../model/error.ts";
import { requestCancel, requireReason } from "../../runs/decisions.ts";
import { rowOf, summaryOf } from "../../runs/find-run.ts";
import { actorAtKeyboard } from "../../runs/actor-at-keyboard.ts";
import { unattended } from "../drive/drive-flags.ts";
import { driveShown } from "../drive/drive-shown.ts";
import { withWorkspace } from "../drive/with-workspace.ts";
import type { Globals, Io } from "../io.ts";
import { enterPractice } from "../practice/environment.ts";

export interface CancelArgs {
  readonly run: string;
  readonly reason: string;
}

/** Ends a run: what still runs is asked once to stop and waited for. Another engine that drives it does that itself. */
export async function cancel(args: CancelArgs, globals: Globals, io: Io): Promise<number> {
  const { reason } = args;
  requireReason(reason);
  return withWorkspace(globals, io, async (opened) => {
    const { workspace } = opened;
    const { store } = workspace;
    const { root: id } = rowOf(store, args.run);
    const actor = actorAtKeyboard(io);
    requestCancel(workspace, id, { reason, actor });
    enterPractice(summaryOf(store, id), io);
    try {
      const resumed = `cancelled by ${actor.id}`;
      await driveShown({ ...unattended, ...opened, answers: {}, id, resumed }, globals, io);
    } catch (error) {
      if (!(error instanceof RunbookError && error.code === "RUN_HELD")) throw error;
      io.stdout.write(
        `The engine that drives ${id} was asked to cancel it.   watch:  runwright status ${id}\n`,
      );
      return 0;
    }
    return summaryOf(store, id).status === "cancelled" ? 0 : 1;
  });
}
