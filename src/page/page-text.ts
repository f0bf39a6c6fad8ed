import type { Json } from "../model/json.ts";
import { escapeMarkup } from "../model/markup.ts";
import { visibleLine } from "../redact/visible.ts";

/** Recorded text on one line of a page. */
export function shown(text: string): string {
  return escapeMarkup(visibleLine(text));
}

/** `rollout.attempt` rather than `{"rollout":"attempt"}`. */
export function stateInWords(value: Json): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return String(value);
  return Object.entries(value)
    .map(([name, inside]) => `${name}.${stateInWords(inside ?? null)}`)
    .join(", ");
}

/** `#12` of the run that the page is about, `R-7F3K#12` of a child run. */
export function nameOf(root: string, { run, rseq }: { readonly run: string; readonly rseq: number }): string {
  return run === root ? `#${rseq}` : `${run}#${rseq}`;
}

/** Where an event's row is. */
export function rowOf(run: string, rseq: number | string): string {
  return `event-${run}-${rseq}`;
}
