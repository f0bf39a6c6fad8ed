import type { Decision } from "../../engine/decide.ts";
import { RunbookError } from "../../model/error.ts";
import type { RunEvent } from "../../model/event.ts";
import { attachedTo } from "../../model/event-evidence.ts";
import { normaliseRunId } from "../../model/run-id.ts";
import { decideWithFiles, runWithGate } from "../../runs/decisions.ts";
import { actorAtKeyboard } from "../../runs/actor-at-keyboard.ts";
import { withWorkspace } from "../drive/with-workspace.ts";
import type { Globals, Io } from "../io.ts";
import { printJsonLine } from "../view/print.ts";
import { inDatabase, quote } from "../view/pause.ts";
import { utcStamp } from "../view/times.ts";

export interface DecideArgs {
  readonly run: string;
  readonly gate: string | null;
  /** At least 8 digits of the digest that the person saw. */
  readonly sha: string;
  readonly decision: Decision;
  /** Files that show it. */
  readonly evidence: readonly string[];
}

/** Records a decision; the engine that drives the run goes on by itself, else `resume` does. */
export async function decide(args: DecideArgs, globals: Globals, io: Io): Promise<number> {
  const { gate, sha, decision, evidence } = args;
  if (sha.length < 8) throw tooShort(args);
  return withWorkspace(globals, io, async ({ workspace }) => {
    const { store } = workspace;
    const run = runWithGate(workspace, args.run, gate);
    const deciding = { run, gate, digest: sha, decision, actor: actorAtKeyboard(io) };
    const event = await decideWithFiles(workspace, deciding, evidence);
    const root = store.find(run)?.root ?? run;
    const isDriven = store.leases.held(root) !== undefined;
    const here = inDatabase(globals, io);
    const next = isDriven ? `runwright status ${root}` : `runwright resume ${root}`;
    if (globals.json) {
      const { type, at, seq, data, artifacts } = event;
      const told = { run, type, at, seq, data, artifacts, next: here(next) };
      printJsonLine(io, { schema: "runwright.dev/decision/v1", ...told });
    } else for (const line of recordedLines(event, isDriven, next)) io.stdout.write(`${here(line)}\n`);
    return 0;
  });
}

function tooShort({ sha, run }: DecideArgs): RunbookError {
  return new RunbookError("USAGE", `\`--sha ${sha}\` is too short: give at least 8 digits of the digest.`, {
    hint: `See it with: runwright status ${normaliseRunId(run)}`,
  });
}

function recordedLines(event: RunEvent, isDriven: boolean, next: string): readonly string[] {
  const { type, actor, seq, run } = event;
  const usable =
    event.type === "approval.granted" && event.data.useBy !== null && !isDriven
      ? [usableLine(run, event.data.gate, event.data.useBy)]
      : [];
  return [
    `Recorded: ${type} by ${actor.id} (event ${seq})${attachedTo(event)}.`,
    ...usable,
    isDriven ? `The run continues.   watch:  ${next}` : `Continue with:  ${next}`,
  ];
}

/** An approval that no engine waits for is kept for a while, and can still be taken back. */
function usableLine(run: string, gate: string, useBy: string): string {
  const revoke = `runwright revoke ${run} ${quote(gate)} --reason "..."`;
  return `Usable until ${utcStamp(useBy)}.   take back:  ${revoke}`;
}
