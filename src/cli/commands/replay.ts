import type { RunEvent } from "../../model/event.ts";
import { summarise } from "../../model/summary.ts";
import { openBlobs } from "../../store/blobs.ts";
import type { Speed } from "../../timeline/pace.ts";
import { tell } from "../replay/tell.ts";
import { unlike } from "../replay/unlike.ts";
import type { Globals, Io } from "../io.ts";
import { styleOf } from "../view/scene.ts";
import { pinnedRunbooks, replayDifferences, runbooksOf } from "../../runs/pinned.ts";
import { familyOf, withRun } from "../../runs/find-run.ts";
import { placeOf } from "../record/place.ts";
import { printDrawn, printJson } from "../view/print.ts";
import { eventNamed, momentAfter } from "../record/moment.ts";
import { momentLines } from "../view/moment-lines.ts";

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
    const runs = familyOf(store, row.run).map(({ events }) => events);
    const blobs = openBlobs(store);
    const differences = await replayDifferences(store, blobs, runs);
    if (differences.length > 0) throw unlike(row.run, differences);
    if (at !== null) {
      const record = { run: row.run, runs, runbookOf: await runbooksOf(runs, pinnedRunbooks(blobs)) };
      const moment = momentAfter(record, eventNamed(record, at), io);
      if (globals.json) printJson(io, "moment", { run: row.run, ...moment });
      else
        printDrawn(
          io,
          momentLines(moment, {
            ...styleOf(io, globals),
            run: row.run,
            summaries: before(runs, moment.event),
          }),
        );
      return 0;
    }
    const events = runs.flat().length;
    if (globals.json) printJson(io, "replay", { run: row.run, events, differences });
    else await tell({ run: row.run, runs, speed: speed ?? (io.stdout.isTTY ? 8 : "max") }, globals, io);
    return 0;
  });
}

function before(runs: readonly (readonly RunEvent[])[], { seq }: RunEvent) {
  const until = runs.map((events) => events.filter((event) => event.seq <= seq));
  return new Map(
    until.filter((events) => events.length > 0).map((events) => [events[0]?.run ?? "", summarise(events)]),
  );
}
