import { rowsOf } from "../audit/jsonl.ts";
import { eventOf } from "../audit/submission.ts";
import type { RunEvent } from "../model/event.ts";
import { eventText } from "../model/event-text.ts";
import type { Store } from "../store/store.ts";
import { runTreeOf } from "./find-run.ts";

/** What is left of an event: who, when and what kind; what it says only where it is about the record itself. */
export interface PrunedEvent extends Pick<RunEvent, "seq" | "run" | "rseq" | "at" | "actor" | "type"> {
  readonly what: string | null;
  readonly line: string;
}

/** What is left of a run and its child runs that were pruned; null when everything is there. */
export function prunedEvents(store: Store, run: string): readonly PrunedEvent[] | null {
  const lines = runTreeOf(store, run, () => []).flatMap(({ row }) => store.log.lines(row.run));
  const remains = rowsOf(lines.map((line) => `${line}\n`).join("")).map((row, index): PrunedEvent => {
    const event = eventOf(row);
    const { seq, rseq, at, actor, type } = event ?? (JSON.parse(row.body) as RunEvent);
    const what = event === null ? null : eventText(event);
    return { seq, run: row.run, rseq, at, actor, type, what, line: lines[index] ?? "" };
  });
  if (remains.every(({ what }) => what !== null)) return null;
  return remains.toSorted((one, other) => one.seq - other.seq);
}
