import { createInterface } from "node:readline/promises";
import { RunbookError } from "../../model/error.ts";
import type { RunEvent } from "../../model/event.ts";
import { normaliseRunId } from "../../model/run-id.ts";
import { summaryOf, withRun } from "../../runs/find-run.ts";
import { actorAtKeyboard } from "../../runs/actor-at-keyboard.ts";
import { headToSign, signOff } from "../../runs/sign-off.ts";
import type { RunSummary } from "../../model/summary.ts";
import { withWorkspace } from "../drive/with-workspace.ts";
import type { Globals, Io } from "../io.ts";
import { placeOf } from "../record/record-place.ts";
import { printJson, printLines } from "../view/print.ts";
import { counted } from "../../model/counted.ts";

export interface SignArgs {
  readonly run: string;
  readonly reason: string;
  /** At least 8 digits of the head hash that the person read; undefined asks at the terminal. */
  readonly sha: string | undefined;
}

/** Records a person's sign-off on an ended run whose record verifies. */
export async function signRun(args: SignArgs, globals: Globals, io: Io): Promise<number> {
  const { reason, sha } = args;
  if (sha !== undefined && sha.length < 8)
    throw new RunbookError(
      "USAGE",
      `\`--sha ${sha}\` is too short: give at least 8 digits of the head hash.`,
    );
  const run = await withRun(placeOf(globals, io), args.run, (_store, row) => row.run);
  return withWorkspace(globals, io, async ({ workspace }) => {
    const head = await headToSign(workspace, run);
    const read = sha ?? (await askFor(summaryOf(workspace.store, run), head, io));
    const event = signOff(workspace, run, { sha: read, reason, actor: actorAtKeyboard(io) });
    const { actor, at, seq, hash, data } = event;
    if (globals.json) printJson(io, "signOff", { run, by: actor, at, seq, hash, data });
    else
      printLines(io, [
        `Recorded: ${actor.id} signed ${run} off (event ${seq}).`,
        `See it with:  runwright report ${run}`,
      ]);
    return 0;
  });
}

/** Shows what is signed, and wants the run's name typed; resolves with the head's hash. */
async function askFor(summary: RunSummary, { hash, seq }: RunEvent, io: Io): Promise<string> {
  const { run, status, criteria, followUps, start } = summary;
  if (!io.stdin.isTTY || !io.stderr.isTTY)
    throw new RunbookError("TTY_NEEDED", `To sign ${run} without a terminal, name the head that you read.`, {
      hint: `Add \`--sha ${hash.slice(0, 16)}\` if that is the head in the report that you read: runwright report ${run}`,
    });
  const passed = criteria.filter(({ verdict }) => verdict === "pass").length;
  printLines({ stdout: io.stderr }, [
    `${run}: ${start.runbook.title}`,
    `${status.toUpperCase()}, ${passed} of ${criteria.length} criteria pass, ${counted(followUps.length, "follow-up")} open`,
    `head: event ${seq} ${hash}`,
    `Read it first: runwright report ${run}`,
  ]);
  const asking = createInterface({ input: io.stdin, output: io.stderr });
  try {
    const typed = await asking.question(`Type ${run} to sign: `);
    if (typed.trim() !== "" && normaliseRunId(typed.trim()) === run) return hash;
    throw new RunbookError("USAGE", `\`${typed}\` is not ${run}; nothing was signed.`, {
      hint: "Repeat the command when you have read the report.",
    });
  } finally {
    asking.close();
  }
}
