import type { ReportRecord } from "../../report/record.ts";
import { openBlobs } from "../../store/blobs.ts";
import type { Store } from "../../store/store.ts";
import { familyOf } from "../../runs/find-run.ts";
import { verifyStored } from "../../runs/verify.ts";

/** What a run's report is made of, verified just now. */
export async function recordOf(store: Store, run: string): Promise<ReportRecord> {
  const blobs = openBlobs(store);
  const family = familyOf(store, run);
  const verified = await verifyStored(
    store,
    family.map(({ row }) => row.run),
  );
  return { events: family.map(({ events }) => events), artifact: blobs.get, verified };
}
