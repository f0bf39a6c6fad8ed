import { inspect } from "../engine/inspect.ts";
import { derive, pinOf, stateAt, statesAfter } from "../engine/recompute.ts";
import { graphOf } from "../graph/graph.ts";
import { RunbookError } from "../model/error.ts";
import { pinnedRunbooks, runbooksOf } from "./pinned.ts";
import type { ReplayAnswer, ReplayQuestion } from "./replay-question.ts";

/** Asks the runbooks in the question's texts. `builtIn` gives what of Node they may import. */
export async function answerTo(
  { runs, texts, snapshots, wants }: ReplayQuestion,
  builtIn: (name: string) => unknown,
): Promise<ReplayAnswer> {
  try {
    const get = async (source: string): Promise<Uint8Array> => {
      const text = texts[source];
      if (text === undefined) throw new RunbookError("RECORD_BROKEN", `The text ${source} is not here.`);
      return Buffer.from(text);
    };
    const runbookOf = await runbooksOf(runs, pinnedRunbooks({ get }, { builtIn }));
    const recorded = runs.map((events) => ({
      events,
      snapshotAfter: snapshots[events[0]?.run ?? ""] ?? null,
      runbookOf,
    }));
    switch (wants) {
      case "derivations":
        return { type: "derivations", derivations: recorded.map(derive) };
      case "states":
        return { type: "states", states: recorded.map((one) => [...statesAfter(one)].map(inspect)) };
      case "last states":
        return {
          type: "states",
          states: recorded.map((one) => [inspect(stateAt(one, one.events.length))]),
        };
      case "pictures":
        return { type: "pictures", graphs: runs.map((events) => graphOf(runbookOf(pinOf(events)))) };
    }
  } catch (error) {
    return { type: "failed", why: error instanceof Error ? error.message : String(error) };
  }
}
