import { RunbookError } from "../model/error.ts";
import type { EventType } from "../model/event.ts";
import type { OwnEvent } from "./submission.ts";

/** What people say: reasons, notes, decisions, and what was concluded. */
const text: readonly EventType[] = [
  "approval.denied",
  "approval.granted",
  "approval.revoked",
  "cancel.requested",
  "decision.made",
  "finding.recorded",
  "followUp.added",
  "input.given",
  "record.signedOff",
  "run.cancelled",
  "run.interrupted",
  "run.resumed",
];
/** What steps returned and left as evidence. */
const outputs: readonly EventType[] = [
  "step.cancelled",
  "step.failed",
  "step.inDoubt",
  "step.refused",
  "step.succeeded",
];
const groups: Readonly<Record<string, readonly EventType[]>> = { text, outputs };

/** The `seq` of the events whose data is left out: named by group, by type, or by number as `12` or `R-7F3K#12`. */
export function withheldBy(
  words: readonly string[],
  root: string,
  own: readonly (OwnEvent & { readonly rseq: number })[],
): ReadonlySet<number> {
  const chosen = words.flatMap((word) => {
    const types: readonly string[] = groups[word] ?? [word];
    const [, run = root, number] = /^(?:(R-[0-9A-Z]+))?#?(\d+)$/.exec(word) ?? [];
    const found = own.filter(({ run: of, rseq, type }) =>
      number === undefined ? types.includes(type) : of === run && rseq === Number(number),
    );
    if (found.length === 0 && groups[word] === undefined) throw nothing(word, root);
    return found.map(({ seq }) => seq);
  });
  return new Set(chosen);
}

function nothing(word: string, root: string): RunbookError {
  return new RunbookError("USAGE", `Run ${root} has no event \`${word}\` that could be withheld.`, {
    hint: "Name `outputs`, `text`, a type such as `finding.recorded`, or a number such as 12.",
  });
}
