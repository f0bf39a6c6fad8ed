/** A run whose events have been folded again by its runbook, as far as `replay` needs it. */
import type { RunInspection } from "../../engine/inspect.ts";
import type { ReplayDifference } from "../../engine/recompute.ts";
import { counted } from "../../model/counted.ts";
import { RunbookError } from "../../model/error.ts";
import type { RunEvent } from "../../model/event.ts";
import { askReplayer } from "../../runs/ask-replayer.ts";
import { replayDifferences, type Replayable } from "../../runs/replay-check.ts";
import { clip } from "../view/print.ts";

/** Throws what does not follow from the events; says why nothing could be recomputed, else null. */
export async function requireRecomputed(
  run: string,
  record: Replayable,
  runs: readonly (readonly RunEvent[])[],
): Promise<string | null> {
  const found = await replayDifferences(record, runs);
  if (found.type === "unasked") return found.why;
  if (found.type === "failed")
    throw new RunbookError("RECORD_BROKEN", `Run ${run} cannot be recomputed: ${found.why}.`);
  if (found.differences.length > 0) throw unlike(run, found.differences);
  return null;
}

/** The state that each of these runs' events lead to. */
export async function statesNow(
  runs: readonly (readonly RunEvent[])[],
  blobs: Replayable["blobs"],
): Promise<readonly RunInspection[]> {
  const answer = await askReplayer("last states", { runs, blobs });
  if (answer.type === "states") return answer.states.flat();
  throw noStates(answer.why);
}

/** Only the runbook knows a state. */
export function noStates(why: string): RunbookError {
  return new RunbookError("RECORD_BROKEN", `There is no state to show without the runbook: ${why}.`);
}

/** What no longer follows from the events, and nothing else: a record that contradicts itself is not played. */
function unlike(run: string, differences: readonly ReplayDifference[]): RunbookError {
  const [first] = differences;
  const where = `${first?.run === run ? "" : first?.run}#${first?.rseq} (${first?.what})`;
  const says = `stored is ${clip(first?.stored ?? "", 120)}, recomputed ${clip(first?.recomputed ?? "", 120)}`;
  const more = differences.length === 1 ? "" : `; ${counted(differences.length - 1, "more difference")}`;
  const message = `Run ${run} does not recompute to what was stored: ${where}: ${says}${more}.`;
  return new RunbookError("RECORD_BROKEN", message, {
    data: { differences: differences.map((difference) => ({ ...difference })) },
  });
}
