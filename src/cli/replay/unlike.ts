import type { Difference } from "../../engine/recompute.ts";
import { counted } from "../../model/counted.ts";
import { RunbookError } from "../../model/error.ts";
import { clip } from "../view/print.ts";

/** What no longer follows from the events, and nothing else: a record that contradicts itself is not played. */
export function unlike(run: string, differences: readonly Difference[]): RunbookError {
  const [first] = differences;
  const where = `${first?.run === run ? "" : first?.run}#${first?.rseq} (${first?.what})`;
  const says = `stored is ${clip(first?.stored ?? "", 120)}, recomputed ${clip(first?.recomputed ?? "", 120)}`;
  const more = differences.length === 1 ? "" : `; ${counted(differences.length - 1, "more difference")}`;
  const message = `Run ${run} does not recompute to what was stored: ${where}: ${says}${more}.`;
  return new RunbookError("RECORD_BROKEN", message, {
    data: { differences: differences.map((difference) => ({ ...difference })) },
  });
}
