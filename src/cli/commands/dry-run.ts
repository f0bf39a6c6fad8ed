import { instructedStates, type InstructedState } from "../../instruct/states.ts";
import { loadRunbook } from "../../loader/load.ts";
import { isOf } from "../../model/event.ts";
import { readAside } from "../../runs/dry-run.ts";
import { parseInputs, type RawInputs } from "../../runs/inputs.ts";
import { actorAtKeyboard } from "../../runs/actor-at-keyboard.ts";
import { preflight } from "../../runs/preflight.ts";
import type { Globals, Io } from "../io.ts";
import { placeOf } from "../record/record-place.ts";
import { readLines, wouldLines } from "../view/dry-run-lines.ts";
import { printJson, printLines } from "../view/print.ts";

export interface DryRunArgs {
  readonly runbook: string;
  readonly input: RawInputs;
}

/** Reads what the run would read, up to its first gate or write, and says of everything behind it what it would do. */
export async function dryRun(args: DryRunArgs, globals: Globals, io: Io): Promise<number> {
  const loaded = await loadRunbook(args.runbook, io);
  const input = parseInputs(loaded.runbook, args.input);
  const found = await preflight(loaded, input, io);
  const { redactor } = io;
  const events = await readAside(
    { loaded, input, actor: actorAtKeyboard(io), ...found },
    { ...placeOf(globals, io), ...(redactor === undefined ? {} : { redactor }) },
  );
  const [root] = events;
  const own = events.filter(({ run }) => run === root?.run);
  const outputs = Object.fromEntries(
    own.flatMap((event) => (isOf(event, "step.succeeded") ? [[event.data.step, event.data.output]] : [])),
  );
  const failed = own.some((event) => isOf(event, "step.failed"));
  const would = instructedStates(loaded.runbook, { input, outputs }).filter(
    ({ acts, wait }) => (acts.length > 0 || wait !== null) && !acts.every(({ id }) => id in outputs),
  );
  const ended = own.some((event) => isOf(event, "run.succeeded", "run.failed", "run.cancelled"));
  if (globals.json)
    printJson(io, "dry-run", { runbook: loaded.runbook.id, read: outputs, would: jsonOf(would) });
  else printLines(io, [...readLines(own), "", ...(ended ? ["The run would end here."] : wouldLines(would))]);
  return failed ? 1 : 0;
}

function jsonOf(would: readonly InstructedState[]): unknown {
  return would.map(({ acts, ...state }) => ({
    ...state,
    acts: acts.map(({ runbook, ...act }) => ({ ...act, child: runbook?.id ?? null })),
  }));
}
