import type { RunEvent } from "../model/event.ts";
import { applyTo, type FoldedRun } from "../model/run-view.ts";
import { summarise, type RunSummary } from "../model/summary.ts";
import type { Store } from "../store/store.ts";

/** What a run and its child runs have come to, by the run's id. */
export type Summaries = ReadonlyMap<string, RunSummary>;

/**
 * Keeps the summaries of a run and its child runs up to date with what is stored. Each event is read and folded once, so
 * that a turn costs the same however long the run is. What it returns goes on changing with the runs.
 */
export interface LiveView {
  /** Takes in events that were just stored, and what was stored before them; returns the summaries after them. */
  readonly take: (events: readonly RunEvent[]) => Summaries;
  /** The summaries as the record is now, whoever has added to it. */
  readonly now: () => Summaries;
}

export function createLiveView(store: Pick<Store, "runTree" | "log">, root: string): LiveView {
  const views = new Map<string, FoldedRun>();
  const summaries = new Map<string, RunSummary>();
  const seen = (run: string): number => summaries.get(run)?.events ?? 0;

  function fold(event: RunEvent): void {
    // It may have been read from the record before it was handed over.
    if (event.rseq > seen(event.run)) summaries.set(event.run, applyTo(views, event).summary);
  }

  function now(): Summaries {
    const read = new Map(store.runTree(root).map(({ run }) => [run, seen(run)]));
    for (const event of store.log.after(read)) fold(event);
    return summaries;
  }

  function take(events: readonly RunEvent[]): Summaries {
    for (const event of events) {
      // Not all that is stored is handed over: a lease, say, and what was there before a run is taken up again.
      if (event.rseq > seen(event.run) + 1) now();
      fold(event);
    }
    return summaries;
  }

  return { take, now };
}

/** The summaries of a run and its child runs, read from the record. */
export function summariesOf({ runTree, log }: Pick<Store, "runTree" | "log">, root: string): Summaries {
  return new Map(runTree(root).map(({ run }) => [run, summarise(log.events(run))]));
}
