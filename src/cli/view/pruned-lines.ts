import { utcText } from "../../model/time-text.ts";
import type { Remain } from "../../runs/pruned-run.ts";

/** Lines for people: who signed, what was handed out and what was pruned in words, of the rest only its kind. */
export function remainLines(remains: readonly Remain[], root: string): readonly string[] {
  const number = Math.max(...remains.map(({ rseq }) => `#${rseq}`.length));
  const lines = remains.map(({ at, run, rseq, actor, type, what }) => {
    const by = actor.kind === "engine" ? "" : `${actor.id} `;
    return `${utcText(at)} ${`#${rseq}`.padStart(number)} ${run === root ? "" : `${run} `}${by}${what ?? type}`;
  });
  return [`${root}, all times UTC. What it recorded was pruned; this is left:`, "", ...lines];
}
