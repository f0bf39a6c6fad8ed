import { messageOf } from "../../model/error.ts";
import { inspect } from "../../engine/inspect.ts";
import { pinOf, statesAfter } from "../../engine/recompute.ts";
import { graphOf } from "../../graph/graph.ts";
import { runPage, type MachineViews } from "../../page/run-page.ts";
import type { ReportRecord } from "../../report/record.ts";
import { openBlobs } from "../../store/blobs.ts";
import type { Store } from "../../store/store.ts";
import { pageFile } from "./page-files.ts";
import { pinnedRunbooks, runbooksOf } from "../../runs/pinned.ts";
import { recordOf } from "./report-record.ts";

/** For whom a page is made, and what it leaves out. */
export interface PageContents {
  readonly to: string;
  readonly withheld: ReadonlySet<number>;
}

/** The page of a run, its states recomputed on the texts that it is pinned to. */
export async function pageOf(store: Store, { to, withheld }: PageContents, run: string): Promise<string> {
  const record = await recordOf(store, run);
  const style = `${await pageFile("style.css")}${await pageFile("run.css")}`;
  const telling = { record, withheld, to, files: { style, script: await pageFile("scrub.js") } };
  try {
    return await runPage({ ...telling, machine: await machineOf(store, record) });
  } catch (error) {
    // A record whose runbook is gone or no longer fits can still be read.
    const missing = messageOf(error);
    return runPage({ ...telling, machine: { missing } });
  }
}

async function machineOf(store: Store, { events: runs }: ReportRecord): Promise<MachineViews> {
  const runbookOf = await runbooksOf(runs, pinnedRunbooks(openBlobs(store)));
  const eventsOf = new Map(runs.map((events) => [events[0]?.run ?? "", events]));
  function* statesOf(id: string) {
    const recorded = { events: eventsOf.get(id) ?? [], snapshot: undefined, runbookOf };
    for (const state of statesAfter(recorded)) yield inspect(state);
  }
  return { statesOf, graphOf: (events) => graphOf(runbookOf(pinOf(events))) };
}
