import { RunbookError } from "../model/error.ts";
import { isOf, type RunEvent } from "../model/event.ts";
import { normaliseRunId } from "../model/run-id.ts";
import { recordingOf, type Recording } from "./recording.ts";

/** A fixture of a recorded run, read out of its database, which stays as it is. */
export async function fromRun(
  run: string,
  { db = "state.db" }: { readonly db?: string } = {},
): Promise<Recording> {
  // Loaded when it is wanted: no other test of a runbook needs a database.
  const { openCopy } = await import("../store/database.ts");
  const { openLog } = await import("../store/log.ts");
  const connection = openCopy(db);
  try {
    const log = openLog(connection, db, () => new Date(0));
    return recordingOf(runTreeOfRun(normaliseRunId(run), log.events));
  } finally {
    connection.close();
  }
}

/** The events of a run and of the runs inside it. */
function runTreeOfRun(
  run: string,
  read: (run: string) => readonly RunEvent[],
): readonly (readonly RunEvent[])[] {
  const events = read(run);
  if (events.length === 0) throw new RunbookError("RUN_UNKNOWN", `There is no run ${run}.`);
  const inside = events.filter((event) => isOf(event, "child.started")).map(({ data }) => data.run);
  return [events, ...inside.flatMap((child) => runTreeOfRun(child, read))];
}
