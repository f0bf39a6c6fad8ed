import type { InstructedState } from "../../instruct/states.ts";
import { isOf, type RunEvent } from "../../model/event.ts";

/** What was read, and what that found. */
export function readLines(events: readonly RunEvent[]): readonly string[] {
  const lines = events.flatMap((event) => {
    if (isOf(event, "step.started") && event.data.effect === "read")
      return [`read    ${event.data.step}: ${event.data.describe}`];
    if (isOf(event, "finding.recorded")) return [`        found: ${event.data.text} (${event.data.status})`];
    return isOf(event, "step.failed") ? [`        failed: ${event.data.failure.message}`] : [];
  });
  return ["Dry run: nothing is changed, and no run is recorded.", "", ...lines];
}

/** What would come behind it. */
export function wouldLines(would: readonly InstructedState[]): readonly string[] {
  const lines = would.flatMap(({ state, acts, wait, jumps }) => [
    ...(wait === null ? [] : [`wait    ${state}: ${wait}`]),
    ...acts.map(({ effect, risk, describe }) => {
      const word = { read: "read", write: "WRITE", human: "ask", child: "follow" }[effect];
      return `${word.padEnd(7)} ${state}: ${describe}${effect === "write" ? ` (risk ${risk})` : ""}`;
    }),
    ...jumps.map((jump) => `        ${jump}`),
  ]);
  return [
    "From here on nothing was done. What would come, as far as its way leads there (‹...› is not known yet):",
    "",
    ...lines,
  ];
}
