import type { ReportRecord } from "../report/record.ts";
import { openBlobs } from "../store/blobs.ts";
import type { Store } from "../store/store.ts";
import { familyOf } from "./read-store.ts";
import { verifyRuns } from "./verify-run.ts";

/** What a run's report is made of, verified just now. */
export async function recordOf(store: Store, run: string): Promise<ReportRecord> {
  const blobs = openBlobs(store);
  const events = familyOf(store, run).map((member) => member.events);
  return { events, artifact: blobs.get, verified: await verifyRuns(store, blobs, events) };
}
