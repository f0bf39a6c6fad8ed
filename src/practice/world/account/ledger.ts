/** One call that changed something: refused calls and calls without effect are not here. */
export interface LedgerEntry {
  /** From 1, without gaps. */
  readonly seq: number;
  /** UTC, ISO 8601 with milliseconds. */
  readonly at: string;
  /** For example `ecs:UpdateService`. */
  readonly operation: string;
  /** The name or ARN of what was changed. */
  readonly target: string;
  readonly request: unknown;
}

/** The list of every change ever made in the world, for tests and for `GET /_world/ledger`. */
export interface Ledger {
  readonly record: (operation: string, target: string, request: unknown) => void;
  readonly entries: () => readonly LedgerEntry[];
}

export function createLedger(now: () => Date): Ledger {
  const entries: LedgerEntry[] = [];
  return {
    record: (operation, target, request) => {
      entries.push({ seq: entries.length + 1, at: now().toISOString(), operation, target, request });
    },
    entries: () => entries,
  };
}
