import type { RunInspection } from "../../engine/inspect.ts";
import { RunbookError } from "../../model/error.ts";
import type { Gate, RunEvent } from "../../model/event.ts";
import { normaliseRunId } from "../../model/run-id.ts";
import { eventText } from "../../model/event-text.ts";
import { summarise, type RunSummary } from "../../model/summary.ts";
import type { ViewIo } from "../io.ts";
import { screenAt } from "../player/stage.ts";

/** A run and its child runs exactly as they stood after one event. */
export interface RecordedMoment {
  readonly event: RunEvent;
  readonly what: string;
  readonly runs: readonly RunInspection[];
  readonly gates: readonly { readonly run: string; readonly gate: Gate }[];
  /** What the operator had seen. */
  readonly screen: readonly string[];
}

/** What is known of a run and its child runs. */
export interface RunRecord {
  readonly run: string;
  readonly runs: readonly (readonly RunEvent[])[];
  /** The state of each run that its events lead to, asked of its runbook. */
  readonly statesAfter: (runs: RunRecord["runs"]) => Promise<readonly RunInspection[]>;
}

/** The event that a person names: `12` or `#12` of this run, `R-7F3K#12` of a child run. */
export function eventNamed({ run, runs }: RunRecord, name: string): RunEvent {
  const [, id, number] = /^(?:(.+)#|#)?(\d+)$/.exec(name) ?? [];
  const of = id === undefined ? run : normaliseRunId(id);
  const own = runs.flat().filter((event) => event.run === of);
  const found = own.find(({ rseq }) => rseq === Number(number));
  if (found !== undefined) return found;
  throw new RunbookError("USAGE", `Run ${of} has no event \`${name}\` here (it has ${own.length}).`, {
    hint: `See their numbers: runwright timeline ${run}`,
  });
}

/** Recomputes where everything stood after an event, and what each run had come to. */
export async function momentAfter(
  { run, runs, statesAfter }: RunRecord,
  event: RunEvent,
  io: Pick<ViewIo, "env">,
): Promise<{ readonly moment: RecordedMoment; readonly summaries: ReadonlyMap<string, RunSummary> }> {
  const begun = runs
    .map((events) => events.filter(({ seq }) => seq <= event.seq))
    .filter((events) => events.length > 0);
  const inspected = await statesAfter(begun);
  const summaries = begun.map(summarise);
  const gates = summaries.flatMap(({ run: own, gates: open }) => open.map((gate) => ({ run: own, gate })));
  const told = begun.flat().toSorted((one, other) => one.seq - other.seq);
  const screen = screenAt(run, told, io);
  return {
    moment: { event, what: eventText(event), runs: inspected, gates, screen },
    summaries: new Map(summaries.map((summary) => [summary.run, summary])),
  };
}
