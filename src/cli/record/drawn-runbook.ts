import { graphOf, type Graph } from "../../graph/graph.ts";
import { pathOf, type RunPath } from "../../graph/path.ts";
import { loadRunbook } from "../../loader/load.ts";
import { RunbookError } from "../../model/error.ts";
import { isOf, type RunEvent } from "../../model/event.ts";
import type { Runbook } from "../../runbook/types.ts";
import { openBlobs } from "../../store/blobs.ts";
import type { Globals, Io } from "../io.ts";
import { pinnedRunbooks } from "../../runs/pinned.ts";
import { placeOf } from "./record-place.ts";
import { withRun } from "../../runs/find-run.ts";

/** A runbook as it is drawn; with a run, the path that it took. */
export interface RunbookDrawing {
  readonly runbook: Runbook;
  readonly graph: Graph;
  readonly path?: RunPath;
}

/** The runbook as the run has it pinned, unless another one is named. */
export async function loadRun(
  { name, run }: { readonly name: string | undefined; readonly run: string },
  globals: Globals,
  io: Io,
): Promise<RunbookDrawing> {
  return withRun(placeOf(globals, io), run, async (store, row) => {
    const events = store.log.events(row.run);
    const runbook =
      name === undefined
        ? await pinnedRunbooks(openBlobs(store))(lastPin(events))
        : (await loadRunbook(name, io)).runbook;
    const it = graphOf(runbook);
    return { runbook, graph: it, path: pathOf(it, events) };
  });
}

function lastPin(events: readonly RunEvent[]) {
  const pins = events.flatMap((event) => {
    if (isOf(event, "run.started")) return [event.data.runbook];
    return isOf(event, "run.migrated") ? [event.data.to] : [];
  });
  const pin = pins.at(-1);
  if (pin === undefined)
    throw new RunbookError("RECORD_BROKEN", "The run's record does not begin with its start.");
  return pin;
}
