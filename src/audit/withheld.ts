import { isOf } from "../model/event.ts";
import type { Check } from "../model/verify.ts";
import type { GatheredEvents, OwnEvent } from "./submission.ts";

/** Data that is not there was left out by an export that says so, or pruned by an event that says so. */
export function withheldCheck({ own }: GatheredEvents): Check {
  const name = "what is withheld was declared";
  const missing = own.filter(({ event }) => event === null);
  const silent = missing.find((one) => !isDeclared(one, own));
  if (silent !== undefined)
    return { name, verdict: "fail", detail: `event ${silent.seq}: its data is missing without a word` };
  const detail = missing.length === 0 ? "nothing is withheld" : `${missing.length} of ${own.length} events`;
  return { name, verdict: "pass", detail };
}

function isDeclared({ seq, run }: OwnEvent, own: readonly OwnEvent[]): boolean {
  return own.some(({ event }) => {
    if (event === null) return false;
    // Only the export that made this copy tells what was left out of it.
    if (isOf(event, "record.exported"))
      return event.seq === own.at(-1)?.seq && event.data.withheld.includes(seq);
    return isOf(event, "record.pruned") && event.seq > seq && event.data.runs.includes(run);
  });
}

/** A copy ends with the event that tells of its export: a cut tail has no such end. */
export function exportCheck({ own, last }: GatheredEvents): Check {
  const name = "the record ends with its export";
  if (last?.type === "record.exported" && last.seq === own.at(-1)?.seq)
    return { name, verdict: "pass", detail: `event ${last.seq}` };
  return {
    name,
    verdict: "fail",
    detail: `expected \`record.exported\`, got \`${last?.type ?? "nothing"}\``,
  };
}

/** Every run has an end; one that has none goes on, or its end was cut off. */
export function closedCheck({ own }: GatheredEvents, runs: readonly string[]): Check {
  const name = "the run has ended";
  const ended = new Set(own.filter(({ type }) => isEnd(type)).map(({ run }) => run));
  const open = runs.filter((run) => !ended.has(run));
  if (open.length > 0) return { name, verdict: "unknown", detail: `${open.join(", ")} had not ended` };
  return { name, verdict: "pass", detail: runs.join(", ") };
}

function isEnd(type: string): boolean {
  return type === "run.succeeded" || type === "run.failed" || type === "run.cancelled";
}
