import type { RunEvent } from "../../model/event.ts";
import { visibleJson } from "../../redact/visible.ts";
import type { Store } from "../../store/store.ts";
import type { Io, RunView } from "../io.ts";
import { runTreeOf } from "../../runs/find-run.ts";

/** Prints events, those of a run in their order, as they were stored. */
export function printStored(store: Store, events: readonly RunEvent[], io: Pick<Io, "stdout">): void {
  const read = new Map<string, { readonly first: number; readonly lines: readonly string[] }>();
  for (const { run, rseq } of events) {
    // What was printed before is not read again: a run may have ten thousand events, and they come one by one.
    const stored = read.get(run) ?? { first: rseq, lines: store.log.lines(run, rseq - 1) };
    read.set(run, stored);
    printLine(stored.lines[rseq - stored.first] ?? "", io);
  }
}

/** Prints byte by byte what was stored, so that it can be digested; a terminal gets the same in JSON's escapes. */
export function printLine(line: string, io: Pick<Io, "stdout">): void {
  io.stdout.write(`${io.stdout.isTTY ? visibleJson(line) : line}\n`);
}

/** Prints, each time it is called, what was added to a run and its child runs; of a run that is not new, from now on. */
export function createEventStream(
  store: Store,
  root: string,
  { io, isNew }: { readonly io: Pick<Io, "stdout">; readonly isNew: boolean },
): () => void {
  const printed = new Map<string, number>();
  const take = (): readonly RunEvent[] => {
    for (const { row } of runTreeOf(store, root, () => []))
      if (!printed.has(row.run)) printed.set(row.run, 0);
    const events = store.log.after(printed);
    for (const { run, rseq } of events) printed.set(run, rseq);
    return events;
  };
  if (!isNew) take();
  return () => printStored(store, take(), io);
}

function nothing(): void {}

/** A view that passes on what a person has to know to go on, and tells nothing of the run itself. */
export function createQuietView(say: (line: string) => void): RunView {
  return { events: nothing, progress: nothing, note: say, pause: nothing, resume: nothing, close: nothing };
}
