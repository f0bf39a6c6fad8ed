import { openBlobs } from "../../store/blobs.ts";
import type { Speed } from "../../timeline/pace.ts";
import { printReplay } from "../player/print-replay.ts";
import type { Globals, Io } from "../io.ts";
import { styleOf } from "../view/render-context.ts";
import { noStates, requireRecomputed, statesNow } from "../player/recomputed.ts";
import { whyNotReplayed } from "../../runs/verify.ts";
import { runTreeOf, withRun } from "../../runs/find-run.ts";
import { placeOf } from "../record/record-place.ts";
import { printDrawn, printJson } from "../view/print.ts";
import { eventNamed, momentAfter, type RunRecord } from "../record/moment.ts";
import { momentLines } from "../view/moment-lines.ts";

export interface ReplayArgs {
  readonly run: string;
  /** How fast; null for the usual: 8 times on a terminal, at once elsewhere. */
  readonly speed: Speed | null;
  /** Only how it stood after this event. */
  readonly at: string | null;
  /** As for `verify`. */
  readonly replay?: boolean | undefined;
}

/** Tells a run again as it was seen, after its events have led once more to everything that was stored. */
export async function replay(args: ReplayArgs, globals: Globals, io: Io): Promise<number> {
  const { run, speed, at } = args;
  return withRun(placeOf(globals, io), run, async (store, row) => {
    const runs = runTreeOf(store, row.run).map(({ events }) => events);
    const blobs = openBlobs(store);
    const unreplayed =
      whyNotReplayed(store, args.replay) ?? (await requireRecomputed(row.run, { store, blobs }, runs));
    if (at !== null) {
      if (unreplayed !== null) throw noStates(unreplayed);
      const record = {
        run: row.run,
        runs,
        statesAfter: (begun: RunRecord["runs"]) => statesNow(begun, blobs),
      };
      const { moment, summaries } = await momentAfter(record, eventNamed(record, at), io);
      if (globals.json) printJson(io, "moment", { run: row.run, ...moment });
      else printDrawn(io, momentLines(moment, { ...styleOf(io, globals), run: row.run, summaries }));
      return 0;
    }
    if (unreplayed !== null) io.stderr.write(`runwright: shown as stored, not recomputed: ${unreplayed}.\n`);
    const events = runs.flat().length;
    if (globals.json)
      printJson(io, "replay", { run: row.run, events, recomputed: unreplayed === null, differences: [] });
    else
      await printReplay({ run: row.run, runs, speed: speed ?? (io.stdout.isTTY ? 8 : "max") }, globals, io);
    return 0;
  });
}
