import type { StoredRow } from "../model/verify.ts";
import { guarded, type Connection } from "./database.ts";

/** Consecutive rows of the log, as they lie there. */
export interface StoredRange {
  /** The hash of the event before the first; undefined when that event is missing. */
  readonly before: string | undefined;
  readonly rows: Iterable<StoredRow>;
}

const zeros = "0".repeat(64);

/** The whole log. */
export function storedLog(db: Connection, file: string): StoredRange {
  return { before: zeros, rows: rowsBetween({ db, file }, 1, Number.MAX_SAFE_INTEGER) };
}

/** From the first to the last event of these runs, with what other runs stored in between. */
export function storedRange(db: Connection, file: string, runs: readonly string[]): StoredRange {
  return guarded(file, () => {
    const ends = db.prepare<[string], { first: number | null; last: number | null }>(
      "SELECT min(seq) AS first, max(seq) AS last FROM events WHERE run IN (SELECT value FROM json_each(?))",
    );
    const { first, last } = ends.get(JSON.stringify(runs)) ?? { first: null, last: null };
    if (first === null || last === null) return { before: zeros, rows: [] };
    const before = db.prepare<[number], { hash: string }>("SELECT hash FROM events WHERE seq = ?");
    return {
      before: first === 1 ? zeros : before.get(first - 1)?.hash,
      rows: rowsBetween({ db, file }, first, last),
    };
  });
}

interface OpenedDatabase {
  readonly db: Connection;
  readonly file: string;
}

/** Enough that asking costs little beside checking, and few enough for any memory. */
const batch = 100;
type RowColumns = readonly [
  seq: number,
  run: string,
  rseq: number,
  type: string,
  body: string,
  data: string | null,
  hash: string,
];

function* rowsBetween({ db, file }: OpenedDatabase, first: number, last: number): Iterable<StoredRow> {
  const some = db
    .prepare<[number, number], RowColumns>(
      `SELECT seq, run, rseq, type, body, data, hash FROM events
       WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ${batch}`,
    )
    .raw();
  for (let from = first; ;) {
    const next = from;
    const rows = guarded(file, () => some.all(next, last));
    for (const [seq, run, rseq, type, body, data, hash] of rows)
      yield { seq, run, rseq, type, body, data, hash };
    if (rows.length < batch) return;
    from = (rows.at(-1)?.[0] ?? last) + 1;
  }
}
