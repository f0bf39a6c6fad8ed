import { RunbookError } from "../../model/error.ts";
import { acceptRollback as accept } from "../../store/rollback.ts";
import type { Globals, Io } from "../io.ts";
import { placeOf } from "../record/record-place.ts";
import { storeOptions } from "../../runs/store-options.ts";
import { printJson, printLines } from "../view/print.ts";
import { actorAtKeyboard } from "../../runs/actor-at-keyboard.ts";

export interface AcceptRollbackArgs {
  readonly reason: string;
}

/** Lets a database that is older than its anchor go on from where it stands; who did that and why becomes an event. */
export async function acceptRollback(
  { reason }: AcceptRollbackArgs,
  globals: Globals,
  io: Io,
): Promise<number> {
  if (reason.trim() === "") throw new RunbookError("REASON_NEEDED", "To accept a rollback, say why.");
  const { file, anchors, now } = storeOptions(placeOf(globals, io));
  const actor = actorAtKeyboard(io);
  const accepted = accept({ file, anchors }, { actor, reason, now });
  if (globals.json) {
    printJson(io, "rollback", { file, accepted });
    return 0;
  }
  if (accepted === null) {
    printLines(io, [`\`${file}\` continues its anchor: there is nothing to accept.`]);
    return 0;
  }
  const { was, is, unfinished } = accepted;
  printLines(io, [
    `Recorded: ${actor.id} accepts that \`${file}\` continues after event ${is.seq} of log ${is.log}.`,
    `Event ${was.seq} of log ${was.log} had been stored; what happened after the older state is not in this record.`,
    ...unfinished.map(
      (run) =>
        `Look at the world before you continue with ${run}: what it did since is not known, and its writes are asked about first.   runwright status ${run}`,
    ),
  ]);
  return 0;
}
