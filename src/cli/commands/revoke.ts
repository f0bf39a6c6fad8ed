import { revokeApproval, runWithApproval } from "../../runs/decisions.ts";
import { actorAtKeyboard } from "../../runs/actor-at-keyboard.ts";
import { withWorkspace } from "../drive/with-workspace.ts";
import type { Globals, Io } from "../io.ts";
import { inDatabase } from "../view/pause.ts";
import { printJsonLine } from "../view/print.ts";

export interface RevokeArgs {
  readonly run: string;
  readonly gate: string | null;
  readonly reason: string;
}

/** Takes back an approval that no engine has used yet; the gate asks again when the run goes on. */
export async function revoke(
  { run: named, gate, reason }: RevokeArgs,
  globals: Globals,
  io: Io,
): Promise<number> {
  return withWorkspace(globals, io, async ({ workspace }) => {
    const run = runWithApproval(workspace, named, gate);
    const event = revokeApproval(workspace, { run, gate, reason, actor: actorAtKeyboard(io) });
    const next = inDatabase(globals, io)(`runwright resume ${workspace.store.find(run)?.root ?? run}`);
    const { type, at, seq, data } = event;
    if (globals.json) {
      printJsonLine(io, { schema: "runwright.dev/decision/v1", run, type, at, seq, data, next });
    } else {
      io.stdout.write(`Recorded: ${type} by ${event.actor.id} (event ${seq}); nothing was begun.\n`);
      io.stdout.write(`The gate asks again.   continue with:  ${next}\n`);
    }
    return 0;
  });
}
