import { existsSync } from "node:fs";
import path from "node:path";
import { openSubmission } from "../../audit/bundle.ts";
import type { Submission } from "../../audit/submission.ts";
import { verifySubmission, type VerifyOptions } from "../../audit/verify.ts";
import { RunbookError } from "../../model/error.ts";
import type { Verification } from "../../model/verify.ts";
import { verifyView } from "../view/verify-lines.ts";
import { keptNotes } from "../record/kept-notes.ts";
import type { Globals, Io } from "../io.ts";
import { runTreeOf, openForReading, withRun } from "../../runs/find-run.ts";
import { placeOf } from "../record/record-place.ts";
import { printJson, printLines } from "../view/print.ts";
import { notReplayed, replayCheck } from "../../runs/replay-check.ts";
import { verifyStored } from "../../runs/verify.ts";

export interface VerifyArgs {
  /** A run, or a bundle's directory or tar, or a file of events; undefined for the whole log. */
  readonly record: string | undefined;
  /** A file with notes of the head that was kept elsewhere. */
  readonly anchor: string | undefined;
  /** Whether the record's runbook may be run; where nobody says, that of a database which this account owns. */
  readonly replay: boolean | undefined;
}

/** Tells what can be trusted of a record, as a list of checks; exit code 9 says that one of them fails. */
export async function verify(args: VerifyArgs, globals: Globals, io: Io): Promise<number> {
  const { record } = args;
  const file = record === undefined ? undefined : path.resolve(io.cwd, record);
  const what = record ?? "the whole log";
  const view = globals.json ? null : verifyView(what, (lines) => printLines(io, lines));
  const onRecord = view?.record;
  const verified =
    file !== undefined && existsSync(file)
      ? await verifyFile(file, { ...args, onRecord }, io)
      : await verifyDatabase({ ...args, onRecord }, globals, io);
  const failing = verified.checks.filter(({ verdict }) => verdict === "fail").length;
  if (view === null) printJson(io, "verify", { record: what, ok: failing === 0, ...verified });
  else view.end(verified, failing);
  return failing === 0 ? 0 : 9;
}

type VerifyRequest = VerifyArgs & Pick<VerifyOptions, "onRecord">;

async function verifyFile(
  file: string,
  { anchor, replay, onRecord }: VerifyRequest,
  io: Io,
): Promise<Verification> {
  const submission = await openSubmission(file);
  const blobs = { get: async (sha256: string) => pinnedText(submission, sha256) };
  return verifySubmission(submission, {
    kept: keptNotes(anchor, submission.log, io),
    onRecord,
    replay: async (runs, own) =>
      replay === true
        ? replayCheck({ store: { snapshot: () => undefined }, blobs }, { runs, own })
        : notReplayed("not made: the runbook of a bundle is run only with `--replay`"),
  });
}

async function pinnedText({ file }: Submission, sha256: string): Promise<Uint8Array> {
  const text = await file("runbooks", sha256);
  if (text !== null) return text;
  throw new RunbookError("RECORD_BROKEN", `The runbook's text ${sha256} is not in the bundle.`);
}

async function verifyDatabase(args: VerifyRequest, globals: Globals, io: Io): Promise<Verification> {
  const { record: run, replay, onRecord } = args;
  if (run !== undefined) {
    return withRun(placeOf(globals, io), run, (store, row) => {
      const runs = runTreeOf(store, row.run, () => []).map((member) => member.row.run);
      return verifyStored(store, runs, { kept: keptNotes(args.anchor, store.log.id, io), replay, onRecord });
    });
  }
  const store = openForReading(placeOf(globals, io));
  if (store === undefined)
    throw new RunbookError("RUN_UNKNOWN", `There is no database \`${globals.db}\` yet.`);
  try {
    return await verifyStored(store, [], {
      kept: keptNotes(args.anchor, store.log.id, io),
      replay,
      onRecord,
    });
  } finally {
    store.close();
  }
}
