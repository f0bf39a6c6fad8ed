import type { RunEvent } from "../model/event.ts";
import type { HeadNote } from "../model/head-note.ts";
import type { StoredRow } from "../model/verify.ts";

/** A record as somebody hands it in, with everything that came with it. Nothing in it is trusted. */
export interface Submission {
  /** What it is: a database, a bundle with what belongs to it, or only lines of events. */
  readonly form: "database" | "bundle" | "lines";
  readonly log: string;
  /** The hash of the event before the first row; undefined when that event is missing. */
  readonly before: string | undefined;
  /** Consecutive rows of the log. */
  readonly rows: Iterable<StoredRow>;
  /** Runs of which every event has to be there. */
  readonly runs: readonly string[];
  /** The hash of an event that is not among the rows. */
  readonly hashAt: (seq: number) => string | undefined;
  /** The notes that came with it, and a line among them that is none; null when there are none. */
  readonly notes: { readonly notes: readonly HeadNote[]; readonly broken: string | undefined } | null;
  /** The public key that came with it. */
  readonly key: string | null;
  /** An evidence file or a runbook's text; null when it is not there. */
  readonly file: (kind: "blobs" | "runbooks", sha256: string) => Promise<Uint8Array | null>;
}

/** An event of the runs in question; `event` is null when its data is withheld. */
export interface OwnEvent {
  readonly seq: number;
  readonly run: string;
  readonly type: string;
  readonly event: RunEvent | null;
}

/** What is left of the rows once they have been looked at one by one. */
export interface GatheredEvents {
  readonly own: readonly OwnEvent[];
  /** Hashes, computed here, of all rows. */
  readonly hashes: ReadonlyMap<number, string>;
  readonly last: StoredRow | undefined;
}

/** A row as an event; null when its data is withheld or cannot be read, which other checks tell. */
export function eventOf({ body, data, hash }: Pick<StoredRow, "body" | "data" | "hash">): RunEvent | null {
  if (data === null) return null;
  try {
    return { ...(JSON.parse(body) as object), ...(JSON.parse(data) as object), hash } as RunEvent;
  } catch {
    return null;
  }
}
