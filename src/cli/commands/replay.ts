import { openBlobs } from "../../store/blobs.ts";
import type { Speed } from "../../timeline/pace.ts";
import { printReplay } from "../player/print-replay.ts";
import type { Globals, Io } from "../io.ts";
import { styleOf } from "../view/render-context.ts";
import { pinnedRunbooks, replayDifferences, runbooksOf } from "../../runs/pinned.ts";
import { runTreeOf, withRun } from "../../runs/find-run.ts";
import { placeOf } from "../record/record-place.ts";
import { printDrawn, printJson, clip } from "../view/print.ts";
import { eventNamed, momentAfter } from "../record/moment.ts";
import { momentLines } from "../view/moment-lines.ts";
import type { ReplayDifference } from "../../engine/recompute.ts";
import { counted } from "../../model/counted.ts";
import { RunbookError } from "../../model/error.ts";

export interface ReplayArgs {
  readonly run: string;
  /** How fast; null for the usual: 8 times on a terminal, at once elsewhere. */
  readonly speed: Speed | null;
  /** Only how it stood after this event. */
  readonly at: string | null;
}

/** Tells a run again as it was seen, after its events have led once more to everything that was stored. */
export async function replay({ run, speed, at }: ReplayArgs, globals: Globals, io: Io): Promise<number> {
  return withRun(placeOf(globals, io), run, async (store, row) => {
    const runs = runTreeOf(store, row.run).map(({ events }) => events);
    const blobs = openBlobs(store);
    const differences = await replayDifferences(store, blobs, runs);
    if (differences.length > 0) throw unlike(row.run, differences);
    if (at !== null) {
      const record = { run: row.run, runs, runbookOf: await runbooksOf(runs, pinnedRunbooks(blobs)) };
      const { moment, summaries } = momentAfter(record, eventNamed(record, at), io);
      if (globals.json) printJson(io, "moment", { run: row.run, ...moment });
      else printDrawn(io, momentLines(moment, { ...styleOf(io, globals), run: row.run, summaries }));
      return 0;
    }
    const events = runs.flat().length;
    if (globals.json) printJson(io, "replay", { run: row.run, events, differences });
    else
      await printReplay({ run: row.run, runs, speed: speed ?? (io.stdout.isTTY ? 8 : "max") }, globals, io);
    return 0;
  });
}

/** What no longer follows from the events, and nothing else: a record that contradicts itself is not played. */
function unlike(run: string, differences: readonly ReplayDifference[]): RunbookError {
  const [first] = differences;
  const where = `${first?.run === run ? "" : first?.run}#${first?.rseq} (${first?.what})`;
  const says = `stored is ${clip(first?.stored ?? "", 120)}, recomputed ${clip(first?.recomputed ?? "", 120)}`;
  const more = differences.length === 1 ? "" : `; ${counted(differences.length - 1, "more difference")}`;
  const message = `Run ${run} does not recompute to what was stored: ${where}: ${says}${more}.`;
  return new RunbookError("RECORD_BROKEN", message, {
    data: { differences: differences.map((difference) => ({ ...difference })) },
  });
}
