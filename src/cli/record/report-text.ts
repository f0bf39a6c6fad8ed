import { writeReport } from "../../report/write.ts";
import type { Globals, Io } from "../io.ts";
import { recordOf } from "./report-record.ts";
import { placeOf } from "./place.ts";
import { withRun } from "../../runs/find-run.ts";

/** The report of a run as text. */
export async function reportText(run: string, globals: Globals, io: Io): Promise<string> {
  return withRun(placeOf(globals, io), run, async (store, row) =>
    writeReport(await recordOf(store, row.run)),
  );
}
