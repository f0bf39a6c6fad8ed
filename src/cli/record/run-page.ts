import { messageOf, RunbookError } from "../../model/error.ts";
import { runPage, type MachineViews } from "../../page/run-page.ts";
import type { ReportRecord } from "../../report/record.ts";
import { openBlobs } from "../../store/blobs.ts";
import type { Store } from "../../store/store.ts";
import { pageFile } from "./page-files.ts";
import { askReplayer } from "../../runs/ask-replayer.ts";
import { whyNotReplayed } from "../../runs/verify.ts";
import { recordOf } from "./report-record.ts";

/** For whom a page is made, and what it leaves out. */
export interface PageContents {
  readonly to: string;
  readonly withheld: ReadonlySet<number>;
  /** As for `verify`. */
  readonly replay?: boolean | undefined;
}

/** The page of a run, its states recomputed on the texts that it is pinned to. */
export async function pageOf(
  store: Store,
  { to, withheld, replay }: PageContents,
  run: string,
): Promise<string> {
  const record = await recordOf(store, run, replay);
  const style = `${await pageFile("style.css")}${await pageFile("run.css")}`;
  const telling = { record, withheld, to, files: { style, script: await pageFile("scrub.js") } };
  const unreplayed = whyNotReplayed(store, replay);
  if (unreplayed !== null) return runPage({ ...telling, machine: { missing: unreplayed } });
  try {
    return await runPage({ ...telling, machine: await machineOf(store, record) });
  } catch (error) {
    // A record whose runbook is gone or no longer fits can still be read.
    const missing = messageOf(error);
    return runPage({ ...telling, machine: { missing } });
  }
}

async function machineOf(store: Store, { events: runs }: ReportRecord): Promise<MachineViews> {
  const asked = { runs, blobs: openBlobs(store) };
  const moved = await askReplayer("states", asked);
  const drawn = await askReplayer("pictures", asked);
  if (moved.type !== "states") throw new RunbookError("RECORD_BROKEN", moved.why);
  if (drawn.type !== "pictures") throw new RunbookError("RECORD_BROKEN", drawn.why);
  const placeOf = (run: string | undefined): number => runs.findIndex(([first]) => first?.run === run);
  return {
    statesOf: (run) => moved.states[placeOf(run)] ?? [],
    graphOf: ([first]) => {
      const graph = drawn.graphs[placeOf(first?.run)];
      if (graph !== undefined) return graph;
      throw new RunbookError("RECORD_BROKEN", `Run ${first?.run ?? ""} has no picture.`);
    },
  };
}
