import type { EventType } from "../model/event.ts";
import type { TimelineRow } from "./rows.ts";

/** Which rows are wanted; what is null does not matter. */
export interface RowFilter {
  readonly step: string | null;
  /** Types or the first word of some; `gap` for silences. */
  readonly types: readonly string[];
  readonly since: string | null;
  readonly failed: boolean;
}

/** What events are about, and silences: the first words of all types. */
const subjects: Readonly<Record<EventType extends `${infer Subject}.${string}` ? Subject : never, true>> & {
  readonly gap: true;
} = {
  approval: true,
  cancel: true,
  child: true,
  clock: true,
  criterion: true,
  decision: true,
  finding: true,
  followUp: true,
  gap: true,
  gate: true,
  input: true,
  lease: true,
  plan: true,
  record: true,
  rollback: true,
  run: true,
  step: true,
  timer: true,
};

/** The types that no event can have: a slip of the hand must not look like nothing having happened. */
export function unknownTypes(types: readonly string[]): readonly string[] {
  return types.filter((type) => !Object.hasOwn(subjects, type.split(".")[0] ?? ""));
}

/** The first words that `unknownTypes` knows. */
export const knownSubjects = Object.keys(subjects);

/** The rows that are wanted. A silence is wanted only where nothing narrows the rows down or where it is asked for. */
export function filterRows(rows: readonly TimelineRow[], filter: RowFilter): readonly TimelineRow[] {
  const { step, types, since, failed } = filter;
  const isWhole = step === null && types.length === 0 && !failed;
  return rows.filter((row) => {
    if (since !== null && endOf(row) < since) return false;
    if (row.type === "gap") return isWhole || types.includes("gap");
    const { type } = row.event;
    if (types.length > 0 && !types.some((one) => type === one || type.startsWith(`${one}.`))) return false;
    return (step === null || row.step === step) && (!failed || row.failed);
  });
}

/** A silence that lasted until after `since` is part of what came since then. */
function endOf(row: TimelineRow): string {
  if (row.type === "event") return row.event.at;
  return new Date(Date.parse(row.after.at) + row.ms).toISOString();
}
