import { isNamed } from "../../engine/revoke.ts";
import { RunbookError } from "../../model/error.ts";
import { normaliseRunId } from "../../model/run-id.ts";
import type { Globals, Io } from "../io.ts";
import { printJsonLine } from "../view/print.ts";
import { openSession, operatorOf, type Session } from "../../runs/session.ts";

export interface RevokeArgs {
  readonly run: string;
  readonly gate: string | null;
  readonly reason: string;
}

/** Takes back an approval that no engine has used yet; the gate asks anew when the run goes on. */
export async function revoke(
  { run: named, gate, reason }: RevokeArgs,
  globals: Globals,
  io: Io,
): Promise<number> {
  const session = openSession(globals, io);
  try {
    const run = runWithApproval(session, normaliseRunId(named), gate);
    const event = session.revoke({ run, gate, reason, actor: operatorOf(io) });
    const next = `runwright resume ${session.store.find(run)?.root ?? run}`;
    const { type, at, seq, data } = event;
    if (globals.json) {
      printJsonLine(io, { schema: "runwright.dev/decision/v1", run, type, at, seq, data, next });
    } else {
      io.stdout.write(`Recorded: ${type} by ${event.actor.id} (event ${seq}); nothing was begun.\n`);
      io.stdout.write(`The gate asks anew.   go on with:  ${next}\n`);
    }
    return 0;
  } finally {
    session.close();
  }
}

/** An approval in a child run may be named by the root's id, as in `approve`. */
function runWithApproval({ store, summary }: Session, run: string, gate: string | null): string {
  const row = store.find(run);
  if (row === undefined)
    throw new RunbookError("RUN_UNKNOWN", `There is no run ${run} in \`${store.file}\`.`);
  if (row.parent !== null) return run;
  const matches = store
    .family(run)
    .filter((member) => summary(member.run).approvals.some((unused) => isNamed(unused.gate, gate)));
  const [only] = matches;
  return only !== undefined && matches.length === 1 ? only.run : run;
}
