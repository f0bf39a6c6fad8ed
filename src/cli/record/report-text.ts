import { writeReport } from "../../report/write.ts";
import type { Globals, Io } from "../io.ts";
import { recordOf } from "./report-record.ts";
import { withRun } from "./with-run.ts";

/** The report of a run as text. */
export async function reportText(run: string, globals: Globals, io: Io): Promise<string> {
  return withRun({ globals, io, run }, async (store, row) => writeReport(await recordOf(store, row.run)));
}
