import { RunbookError } from "../../model/error.ts";
import { normaliseRunId } from "../../model/run-id.ts";
import type { Globals, Io } from "../io.ts";
import { enterPractice } from "../practice/environment.ts";
import { operatorOf } from "../../runs/session.ts";
import { attendAndTell, unattended, withSession } from "./run.ts";

export interface CancelArgs {
  readonly run: string;
  readonly reason: string;
}

/** Ends a run: what still runs is asked once to stop and waited for. Another engine that drives it does that itself. */
export async function cancel(args: CancelArgs, globals: Globals, io: Io): Promise<number> {
  if (args.reason.trim() === "") throw new RunbookError("REASON_NEEDED", "To cancel a run, say why.");
  return withSession(globals, io, async (session, show) => {
    const id = normaliseRunId(args.run);
    const row = session.store.find(id);
    if (row === undefined)
      throw new RunbookError("RUN_UNKNOWN", `There is no run ${id} in \`${session.store.file}\`.`);
    const { root } = row;
    const summary = session.summary(root);
    if (summary.endedAt !== null) {
      throw new RunbookError(
        "RUN_ENDED",
        `Run ${root} has already ${summary.status}, so it cannot be cancelled.`,
      );
    }
    enterPractice(summary, io);
    const data = { reason: args.reason };
    session.append({ run: root, type: "cancel.requested", actor: operatorOf(io), data });
    try {
      await attendAndTell(
        {
          ...unattended,
          answers: {},
          id: root,
          session,
          show,
          resumed: `cancelled by ${operatorOf(io).id}`,
        },
        globals,
        io,
      );
    } catch (error) {
      if (!(error instanceof RunbookError && error.code === "RUN_HELD")) throw error;
      io.stdout.write(
        `The engine that drives ${root} was told to cancel it.   watch:  runwright status ${root}\n`,
      );
      return 0;
    }
    return session.summary(root).status === "cancelled" ? 0 : 1;
  });
}
