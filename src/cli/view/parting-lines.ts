import type { Recording } from "../../testing/recording.ts";
import { isSame, type Divergence, type PathAndEnd } from "../../testing/replay-recording.ts";

interface ReplayedRun {
  readonly run: string;
  readonly file: string;
  readonly recording: Recording;
}

/** Whether a past run goes the same way on another file, and where not. */
export function partingLines(parting: Divergence, { run, file, recording }: ReplayedRun): readonly string[] {
  const { together, recorded, now, unknown } = parting;
  if (isSame(parting))
    return [`Run ${run} goes the same way on ${file}: ${recording.path.length} states, ${wordsOf(now.end)}.`];
  const last = together.at(-1);
  return [
    `Run ${run} goes another way on ${file}: ${last === undefined ? "from the start" : `after \`${last}\` (state ${together.length})`}.`,
    `  recorded  ${wayOf(recorded)}`,
    `  now       ${wayOf(now)}`,
    ...(unknown === null ? [] : [`  ${unknown} The run did not get there, so the replay stops.`]),
  ];
}

function wayOf({ path, end }: PathAndEnd): string {
  const shown = path.length > 6 ? [...path.slice(0, 6), `${path.length - 6} more`] : path;
  return [...shown, wordsOf(end)].join(" > ");
}

function wordsOf(end: PathAndEnd["end"]): string {
  return end === "open"
    ? "open"
    : `it ${end === "faulted" ? "is faulted" : end === "cancelled" ? "was cancelled" : end}`;
}
