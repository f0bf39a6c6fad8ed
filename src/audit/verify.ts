import { type RunEvent, isOf } from "../model/event.ts";
import type { HeadNote } from "../model/head-note.ts";
import { verifyRecord, type Check, type StoredRow, type Verification } from "../model/verify.ts";
import { approvalsCheck } from "./approvals.ts";
import { fileChecks } from "./files.ts";
import { keptHeadsCheck, headsCheck, signatureCheck } from "./head-checks.ts";
import { eventOf, type GatheredEvents, type OwnEvent, type Submission } from "./submission.ts";
import { closedCheck, exportCheck, withheldCheck } from "./withheld.ts";

export interface VerifyOptions {
  /** Notes of the head that whoever verifies has kept; null when there are none. */
  readonly kept: readonly HeadNote[] | null;
  /** Is told what was found before anything of the record's own runs. */
  readonly onRecord?: ((found: Verification) => void) | undefined;
  /** Runs the runs' events through their machines again. */
  readonly replay: (runs: readonly (readonly RunEvent[])[], own: readonly OwnEvent[]) => Promise<Check>;
}

/** Everything that can be told of a record without trusting who hands it in. */
export async function verifySubmission(
  submission: Submission,
  options: VerifyOptions,
): Promise<Verification> {
  const { form, log, before, runs } = submission;
  const { rows, gathered } = gatherEvents(submission);
  const record = verifyRecord(rows, { log, before, runs });
  const { rollbacks, ...found } = gathered();
  const marks = [headsCheck(submission, found)];
  if (options.kept !== null || form !== "database")
    marks.push(keptHeadsCheck(submission, found, options.kept));
  marks.push(signatureCheck(submission, found));
  const checks: Check[] = [
    ...record.checks,
    ...(form === "database" ? [] : [exportCheck(found)]),
    ...marks,
    rollbackCheck(rollbacks),
    ...(runs.length === 0 ? [] : await runChecks(submission, found)),
  ];
  options.onRecord?.({ ...record, checks });
  if (runs.length === 0) return { ...record, checks };
  // The last: it is the only one in which code of the record runs.
  const replayed = await options.replay(eventsByRun(runs, found.own), found.own);
  return { ...record, checks: [...checks, replayed] };
}

/** What is looked at only in named runs: it needs their evidence. */
async function runChecks(submission: Submission, found: GatheredEvents): Promise<readonly Check[]> {
  const { runs } = submission;
  return [
    withheldCheck(found),
    ...(await fileChecks(submission, found.own)),
    guarded("approvals are bound to what was shown and applied", () => approvalsCheck(found.own)),
    closedCheck(found, runs),
  ];
}

/** Hands the rows on and keeps what the later checks need: a log may be larger than memory. */
function gatherEvents({ rows, runs }: Submission): {
  readonly rows: Iterable<StoredRow>;
  readonly gathered: () => GatheredEvents & { readonly rollbacks: readonly StoredRow[] };
} {
  const wanted = new Set(runs);
  const own: OwnEvent[] = [];
  const hashes = new Map<number, string>();
  const rollbacks: StoredRow[] = [];
  let last: StoredRow | undefined;
  function* passing(): Iterable<StoredRow> {
    for (const row of rows) {
      const { seq, run, type } = row;
      hashes.set(seq, row.hash);
      if (wanted.has(run)) own.push({ seq, run, type, event: eventOf(row) });
      if (type === "rollback.accepted") rollbacks.push(row);
      last = row;
      yield row;
    }
  }
  return { rows: passing(), gathered: () => ({ own, hashes, last, rollbacks }) };
}

function eventsByRun(runs: readonly string[], own: readonly OwnEvent[]): readonly (readonly RunEvent[])[] {
  return runs.map((run) => own.flatMap(({ event }) => (event !== null && event.run === run ? [event] : [])));
}

/** A forged event may have any shape; whatever a check stumbles over is a fault of the record. */
function guarded(name: string, check: () => Check): Check {
  try {
    return check();
  } catch (error) {
    return { name, verdict: "fail", detail: `an event cannot be read: ${String(error)}` };
  }
}

/** An accepted rollback is told, for what came after the older copy can never be looked at. */
export function rollbackCheck(rows: readonly StoredRow[]): Check {
  const name = "nothing of the log was given up";
  if (rows.length === 0) return { name, verdict: "pass", detail: "no rollback was accepted" };
  const told = rows.flatMap((row) => {
    const event = eventOf(row);
    if (event === null || !isOf(event, "rollback.accepted")) return [`event ${row.seq}`];
    const { actor, at, data } = event;
    const { was, is, reason } = data;
    return [
      `${actor.id} accepted at ${at} that event ${was.seq} of log ${was.log} was noted and the log continues after ${is.seq}: ${reason}`,
    ];
  });
  return { name, verdict: "unknown", detail: [...new Set(told)].join("; ") };
}
