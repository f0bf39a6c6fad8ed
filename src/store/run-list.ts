import type { RunEnd } from "../model/event.ts";
import type { Connection } from "./database.ts";

/** What a list of runs needs to know of each. */
export interface RunRow {
  readonly run: string;
  readonly parent: string | null;
  readonly root: string;
  readonly runbook: string;
  readonly target: string | null;
  readonly requester: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly status: "open" | RunEnd;
}

/** Which runs are wanted; what is left out does not matter. */
export interface RunFilter {
  /** Only those that have not ended. */
  readonly open: boolean;
  /** So many at most; -1 for all. */
  readonly limit: number;
  /** Only those that are not inside another run. */
  readonly roots?: boolean | undefined;
  /** Only those that started before this run did. */
  readonly before?: string | undefined;
  readonly runbook?: string | undefined;
  /** A part of the target's name. */
  readonly target?: string | undefined;
  readonly status?: RunRow["status"] | undefined;
  /** Moments between which they started. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** Somebody who has done anything in the run. */
  readonly actor?: string | undefined;
  /** The code of a failure in the run. */
  readonly error?: string | undefined;
}

export const runColumns =
  "run, parent, root, runbook, target, requester, started_at AS startedAt, ended_at AS endedAt, status";

const wanted = `
  (@roots = 0 OR parent IS NULL)
  AND (@runbook IS NULL OR runbook = @runbook)
  AND (@target IS NULL OR instr(target, @target) > 0)
  AND (@status IS NULL OR status = @status)
  AND (@since IS NULL OR started_at >= @since)
  AND (@until IS NULL OR started_at < @until)
  AND (@actor IS NULL OR EXISTS (
    SELECT 1 FROM events WHERE events.run = runs.run AND json_extract(body, '$.actor.id') = @actor))
  AND (@error IS NULL OR EXISTS (
    SELECT 1 FROM events WHERE events.run = runs.run AND type IN ('step.failed', 'step.refused', 'run.faulted')
      AND json_extract(data, '$.data.failure.code') = @error))
  ORDER BY started_at DESC, rowid DESC LIMIT @limit`;

/** The runs that are wanted, newest first; an index keeps a page quick however many runs there are. */
export function openRunList(db: Connection): (filter: RunFilter) => Iterable<RunRow> {
  const select = (where: string) =>
    db.prepare<[Readonly<Record<string, string | number | null>>], RunRow>(
      `SELECT ${runColumns} FROM runs WHERE ${where} AND ${wanted}`,
    );
  const before = "(started_at, rowid) < (SELECT started_at, rowid FROM runs WHERE run = @before)";
  const statements = {
    open: select("ended_at IS NULL AND @before IS NULL"),
    first: select("@before IS NULL"),
    later: select(before),
  };
  return ({ open, limit, roots = false, ...filter }) => {
    const statement = open
      ? statements.open
      : filter.before === undefined
        ? statements.first
        : statements.later;
    const { before: run = null, runbook = null, target = null, status = null } = filter;
    const { since = null, until = null, actor = null, error = null } = filter;
    const values = { runbook, target, status, since, until, actor, error, before: run };
    return statement.iterate({ ...values, roots: roots ? 1 : 0, limit });
  };
}
