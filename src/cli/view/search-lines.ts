import type { RunRow } from "../../store/store.ts";
import type { TextMatch } from "../record/find-text.ts";
import { columns, utc } from "./print.ts";

/** A run, and where the text was found in it. */
export interface FoundRun {
  readonly row: RunRow;
  readonly places: readonly TextMatch[];
}

const titles = ["RUN", "RUNBOOK", "STATUS", "STARTED", "BY", "INSIDE", "FOUND IN"];

/** The runs that were found, newest first. */
export function linesOf(found: readonly FoundRun[], older: string | null): readonly string[] {
  if (found.length === 0) return ["No run is like that."];
  const rows = found.map(({ row, places }) => [
    row.run,
    row.runbook,
    row.status,
    utc(row.startedAt),
    row.requester,
    row.parent ?? "",
    placesIn(places),
  ]);
  return [
    ...columns([titles, ...rows]).map((line) => line.trimEnd()),
    ...(older === null ? [] : ["", `older  ${older}`]),
  ];
}

/** The first places, and how many more there are. */
function placesIn(places: readonly TextMatch[]): string {
  const shown = places.slice(0, 3).map(({ rseq, where }) => `#${rseq} ${where}`);
  const more = places.length - shown.length;
  return [...shown, ...(more === 0 ? [] : [`and ${more} more`])].join(", ");
}
