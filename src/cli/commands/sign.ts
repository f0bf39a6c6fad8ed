import { createInterface } from "node:readline/promises";
import { headOf } from "../../engine/sign.ts";
import { counted } from "../../model/counted.ts";
import { RunbookError } from "../../model/error.ts";
import type { RunEvent } from "../../model/event.ts";
import { normaliseRunId } from "../../model/run-id.ts";
import { summarise } from "../../model/summary.ts";
import type { Globals, Io } from "../io.ts";
import { familyOf, withRun } from "../../runs/find-run.ts";
import { printJson, printLines } from "../view/print.ts";
import { openSession, operatorOf } from "../../runs/session.ts";
import { verifyStored } from "../../runs/verify.ts";

export interface SignArgs {
  readonly run: string;
  readonly reason: string;
  /** At least 8 digits of the head hash that the person read; undefined asks at the terminal. */
  readonly sha: string | undefined;
}

/** Records a person's sign-off on an ended run whose record verifies. */
export async function signRun(
  { run: named, reason, sha }: SignArgs,
  globals: Globals,
  io: Io,
): Promise<number> {
  if (sha !== undefined && sha.length < 8)
    throw new RunbookError(
      "USAGE",
      `\`--sha ${sha}\` is too short: give at least 8 digits of the head hash.`,
    );
  const run = await withRun({ globals, io, run: named }, (_store, row) => row.run);
  const session = openSession(globals, io);
  try {
    const family = familyOf(session.store, run).map(({ events }) => events);
    await requireWhole(session, run);
    const head = sha ?? (await askFor(run, family, io));
    const event = session.sign(run, { sha: head, reason, actor: operatorOf(io) });
    const { actor, at, seq, hash, data } = event;
    if (globals.json) printJson(io, "signOff", { run, by: actor, at, seq, hash, data });
    else
      printLines(io, [
        `Recorded: ${actor.id} signed ${run} off (event ${seq}).`,
        `See it with:  runwright report ${run}`,
      ]);
    return 0;
  } finally {
    session.close();
  }
}

/** Nobody's name is put under a record that contradicts itself. */
async function requireWhole({ store }: ReturnType<typeof openSession>, run: string): Promise<void> {
  const family = familyOf(store, run, () => []).map(({ row }) => row.run);
  const { checks } = await verifyStored(store, family);
  const failed = checks.find(({ verdict }) => verdict === "fail");
  if (failed === undefined) return;
  throw new RunbookError(
    "RECORD_BROKEN",
    `The record of ${run} does not verify (${failed.name}: ${failed.detail}), so nothing was signed.`,
  );
}

/** Shows what is signed, and wants the run's name typed; resolves with the head's hash. */
async function askFor(run: string, family: readonly (readonly RunEvent[])[], io: Io): Promise<string> {
  const { hash, seq } = headOf(family);
  if (!io.stdin.isTTY || !io.stderr.isTTY)
    throw new RunbookError("TTY_NEEDED", `To sign ${run} without a terminal, name the head that you read.`, {
      hint: `Add \`--sha ${hash.slice(0, 16)}\` if that is the head in the report that you read: runwright report ${run}`,
    });
  const { status, criteria, followUps, start } = summarise(family[0] ?? []);
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
