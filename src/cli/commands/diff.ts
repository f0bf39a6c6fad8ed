import { diffRuns } from "../../timeline/diff.ts";
import type { Globals, Io } from "../io.ts";
import { styleOf } from "../view/render-context.ts";
import { runTreeOf, withRun } from "../../runs/find-run.ts";
import { placeOf } from "../record/record-place.ts";
import { printDrawn, printJson } from "../view/print.ts";
import { diffLines } from "../view/diff-lines.ts";

export interface DiffArgs {
  readonly run: string;
  readonly other: string;
}

/** Says what differed between two runs: path, durations, inputs, plans and outcomes. */
export async function diff({ run, other }: DiffArgs, globals: Globals, io: Io): Promise<number> {
  const one = await read(run, globals, io);
  const two = await read(other, globals, io);
  const found = diffRuns(one.events, two.events);
  if (globals.json) printJson(io, "diff", { one: one.run, other: two.run, ...found });
  else {
    const style = styleOf(io, globals);
    printDrawn(io, diffLines(found, [one.title, two.title], style));
  }
  return 0;
}

async function read(run: string, globals: Globals, io: Io) {
  return withRun(placeOf(globals, io), run, (store, row) => ({
    run: row.run,
    title: `${row.run}  ${row.runbook}  ${row.status}  ${row.startedAt}`,
    events: runTreeOf(store, row.run).map(({ events }) => events),
  }));
}
