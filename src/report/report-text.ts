import { formatMilliseconds } from "../model/duration.ts";
import type { Actor } from "../model/event.ts";
import type { RunSummary } from "../model/summary.ts";
import { utcText } from "../model/time-text.ts";
import { code, text } from "./markdown.ts";
import type { Report } from "./record.ts";

/** An event by its number in the run that is reported, or by its run and number. */
export function reference({ root }: Report, run: string, rseq: number | null): string {
  if (rseq === null) return "none";
  return code(run === root.summary.run ? `#${rseq}` : `${run}#${rseq}`);
}

/** `2025-10-07 13:51:04` in UTC. */
export function when(at: string | null): string {
  return at === null ? "not yet" : utcText(at);
}

export function between(from: string, to: string): string {
  return formatMilliseconds(Math.max(0, Date.parse(to) - Date.parse(from)));
}

/** Status is a word. */
export function statusOf({ status, endedAt, fault }: RunSummary): string {
  if (endedAt === null && fault !== null) return "FAULTED (not ended)";
  return endedAt === null ? `${status.toUpperCase()} (not ended)` : status.toUpperCase();
}

/** Who did it, with what that is worth. */
export function who({ kind, id }: Actor): string {
  if (kind === "human") return text(id);
  if (kind === "practice") return `${text(id)} (scripted, no person)`;
  return `${text(id)} (${kind})`;
}

const identified: Readonly<Record<Actor["identified"], string>> = {
  "os-user": "as user of the operating system",
  claimed: "only by what was claimed",
  engine: "as part of runwright",
};

export function howIdentified(actor: Actor): string {
  return actor.kind === "practice" ? "not at all: a program answered" : identified[actor.identified];
}

/** With exactly one full stop at its end. */
export function sentence(markdown: string): string {
  return /[.!?]$/.test(markdown) ? markdown : `${markdown}.`;
}
