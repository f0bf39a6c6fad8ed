import { verifySubmission, type VerifyOptions } from "../audit/verify.ts";
import type { HeadNote } from "../model/head-note.ts";
import type { Verification } from "../model/verify.ts";
import { openBlobs, type Blobs } from "../store/blobs.ts";
import { openDatabase } from "../store/database.ts";
import type { Store } from "../store/store.ts";
import { isOwnFile } from "../system/ownership.ts";
import { notReplayed, replayCheck } from "./replay-check.ts";
import { storedSubmission } from "./stored-record.ts";

export interface VerifyStoredOptions extends Pick<VerifyOptions, "onRecord"> {
  /** Notes of the head that whoever verifies has kept. */
  readonly kept?: readonly HeadNote[] | null;
  readonly blobs?: Blobs;
  /** Whether the runbooks may be run, without rights; where nobody says, those of a record that this account owns. */
  readonly replay?: boolean | undefined;
}

/** Verifies what a database holds, of these runs or with none named the whole log: every check that there is. */
export async function verifyStored(
  store: Store,
  runs: readonly string[],
  { kept = null, blobs = openBlobs(store), replay, onRecord }: VerifyStoredOptions = {},
): Promise<Verification> {
  const db = openDatabase(store.file);
  const unreplayed = whyNotReplayed(store, replay);
  try {
    return await verifySubmission(storedSubmission({ store, blobs, db }, runs), {
      kept,
      onRecord,
      replay: async (events, own) =>
        unreplayed === null
          ? replayCheck({ store, blobs }, { runs: events, own })
          : notReplayed(`not made: ${unreplayed}`),
    });
  } finally {
    db.close();
  }
}

/** Why the runbooks of a record are not run; null when they are. */
export function whyNotReplayed({ file }: Pick<Store, "file">, replay: boolean | undefined): string | null {
  if (replay === true || (replay === undefined && isOwnFile(file))) return null;
  return replay === false
    ? "`--no-replay` was said"
    : "the record is another account's, and its runbook is run only with `--replay`";
}
