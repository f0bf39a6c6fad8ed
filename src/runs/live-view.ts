import type { RunEvent } from "../model/event.ts";
import { summarise, type RunSummary } from "../model/summary.ts";
import type { Store } from "../store/store.ts";

/** What a run and its child runs have come to, by the run's id. */
export type Summaries = ReadonlyMap<string, RunSummary>;

/** Keeps the summaries of a run and its child runs up to date with what is stored. */
export interface LiveView {
  /** Takes in events that were just stored; returns the summaries after them. */
  readonly take: (events: readonly RunEvent[]) => Summaries;
  /** The summaries as the record is now, whoever has added to it. */
  readonly now: () => Summaries;
}

export function createLiveView(store: Pick<Store, "family" | "log">, root: string): LiveView {
  const now = (): Summaries => summariesOf(store, root);
  return { take: now, now };
}

/** The summaries of a run and its child runs, read from the record. */
export function summariesOf({ family, log }: Pick<Store, "family" | "log">, root: string): Summaries {
  return new Map(family(root).map(({ run }) => [run, summarise(log.events(run))]));
}
