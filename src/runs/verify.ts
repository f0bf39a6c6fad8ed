import { verifySubmission } from "../audit/verify.ts";
import type { HeadNote } from "../model/head-note.ts";
import type { Verification } from "../model/verify.ts";
import { openBlobs, type Blobs } from "../store/blobs.ts";
import { openDatabase } from "../store/database.ts";
import type { Store } from "../store/store.ts";
import { replayCheck } from "./replay-check.ts";
import { storedSubmission } from "./stored-record.ts";

/** Verifies what a database holds, of these runs or with none named the whole log: every check that there is. */
export async function verifyStored(
  store: Store,
  runs: readonly string[],
  {
    kept = null,
    blobs = openBlobs(store),
  }: { readonly kept?: readonly HeadNote[] | null; readonly blobs?: Blobs } = {},
): Promise<Verification> {
  const db = openDatabase(store.file);
  try {
    return await verifySubmission(storedSubmission({ store, blobs, db }, runs), {
      kept,
      replay: (events, own) => replayCheck(store, blobs, { runs: events, own }),
    });
  } finally {
    db.close();
  }
}
