import type { ReportRecord } from "../../report/record.ts";
import { openBlobs } from "../../store/blobs.ts";
import type { Store } from "../../store/store.ts";
import { runTreeOf, withRun } from "../../runs/find-run.ts";
import { verifyStored } from "../../runs/verify.ts";
import { writeReport } from "../../report/write.ts";
import type { Globals, Io } from "../io.ts";
import { placeOf } from "./record-place.ts";

/** What a run's report is made of, verified just now. */
export async function recordOf(store: Store, run: string, replay?: boolean): Promise<ReportRecord> {
  const blobs = openBlobs(store);
  const family = runTreeOf(store, run);
  const verified = await verifyStored(
    store,
    family.map(({ row }) => row.run),
    { replay },
  );
  return { events: family.map(({ events }) => events), artifact: blobs.get, verified };
}

/** The report of a run as text. */
export async function reportText(
  { run, replay }: { readonly run: string; readonly replay: boolean | undefined },
  globals: Globals,
  io: Io,
): Promise<string> {
  return withRun(placeOf(globals, io), run, async (store, row) =>
    writeReport(await recordOf(store, row.run, replay)),
  );
}
