import { loadRunbook } from "../../loader/load.ts";
import { RunbookError } from "../../model/error.ts";
import { recordingOf } from "../../testing/recording.ts";
import { isSame, replayRecording } from "../../testing/replay-recording.ts";
import { partingLines } from "../view/parting-lines.ts";
import type { Globals, Io } from "../io.ts";
import { runTreeOf, withRun } from "../../runs/find-run.ts";
import { placeOf } from "../record/record-place.ts";
import { printJson, printLines } from "../view/print.ts";
import { testFiles } from "../authoring/test-files.ts";

export interface TestArgs {
  /** Tests, by file or by the runbook's name; those in `test/` when there are none. */
  readonly files: readonly string[];
  /** The run that is played again. */
  readonly replay: string | undefined;
  /** The runbook that it is played on; by default the file of the name that the run had. */
  readonly runbook: string | undefined;
}

/** Runs tests of runbooks; or plays a past run on its runbook as the file is now, and then 1 says that the paths part. */
export async function test(args: TestArgs, globals: Globals, io: Io): Promise<number> {
  if (args.replay !== undefined) return replay({ ...args, replay: args.replay }, globals, io);
  if (args.runbook !== undefined)
    throw new RunbookError(
      "USAGE",
      "`--runbook` says what a past run is played on, so it needs `--replay RUN`.",
      {
        hint: `Tests of a runbook go by its name: runwright test ${args.runbook}`,
      },
    );
  return testFiles(args.files, globals, io);
}

async function replay(
  args: TestArgs & { readonly replay: string },
  globals: Globals,
  io: Io,
): Promise<number> {
  if (args.files.length > 0)
    throw new RunbookError("USAGE", "`test` either runs tests or plays a past run.", {
      hint: `runwright test ${args.files.join(" ")}   or: runwright test --replay ${args.replay}`,
    });
  const { run, recording } = await withRun(placeOf(globals, io), args.replay, (store, row) => ({
    run: row.run,
    recording: recordingOf(runTreeOf(store, row.run).map(({ events }) => events)),
  }));
  const { runbook, file } = await loadRunbook(args.runbook ?? recording.runbook, io);
  const parting = await replayRecording(runbook, recording);
  if (globals.json) printJson(io, "test", { run, runbook: runbook.id, same: isSame(parting), ...parting });
  else printLines(io, partingLines(parting, { run, file, recording }));
  return isSame(parting) ? 0 : 1;
}
