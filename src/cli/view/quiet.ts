import type { RunView } from "../io.ts";

function nothing(): void {}

/** A view that passes on what a person has to know to go on, and tells nothing of the run itself. */
export function createQuietView(say: (line: string) => void): RunView {
  return { events: nothing, progress: nothing, note: say, pause: nothing, resume: nothing, close: nothing };
}
