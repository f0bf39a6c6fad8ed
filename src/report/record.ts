import type { RecordedAttempt } from "../model/attempts.ts";
import type { RunEvent } from "../model/event.ts";
import { viewOf, type FoldedRun } from "../model/run-view.ts";
import type { RunSummary } from "../model/summary.ts";
import type { Check } from "../model/verify.ts";

/** Everything that a report is made of. */
export interface ReportRecord {
  /** The events of the run, then of each of its child runs. */
  readonly events: readonly (readonly RunEvent[])[];
  /** The bytes of an artifact; rejects when they are not what was recorded. */
  readonly artifact: (sha256: string) => Promise<Uint8Array>;
  readonly verified: VerifiedRecord;
}

/** What was found when the record was verified, just before the report was written. */
interface VerifiedRecord {
  readonly events: number;
  readonly head: { readonly seq: number; readonly hash: string } | null;
  readonly checks: readonly Check[];
}

/** One run: its events, and what they come to. */
export interface ReportedRun {
  readonly events: readonly RunEvent[];
  readonly view: FoldedRun;
  readonly summary: RunSummary;
  readonly attempts: readonly RecordedAttempt[];
}

export interface Report extends Pick<ReportRecord, "artifact" | "verified"> {
  readonly root: ReportedRun;
  readonly children: readonly ReportedRun[];
  /** The root first. */
  readonly runs: readonly ReportedRun[];
}

/** A part of the write-up as pieces of Markdown. */
export type Section = (report: Report) => readonly string[] | Promise<readonly string[]>;

export function reportOf({ events, artifact, verified }: ReportRecord): Report {
  const [root, ...children] = events.map(reportedRun);
  if (root === undefined) throw new Error("A report needs the events of a run.");
  return { root, children, runs: [root, ...children], artifact, verified };
}

function reportedRun(events: readonly RunEvent[]): ReportedRun {
  const view = viewOf(events);
  return { events, view, summary: view.summary, attempts: view.attempts };
}
