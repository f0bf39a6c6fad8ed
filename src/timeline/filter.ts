import type { Row } from "./rows.ts";

/** Which rows are wanted; what is null does not matter. */
export interface Wanted {
  readonly step: string | null;
  /** Types or the first word of some; `gap` for silences. */
  readonly types: readonly string[];
  readonly since: string | null;
  readonly failed: boolean;
}

/** The rows that are wanted. A silence is wanted only where nothing narrows the rows down or where it is asked for. */
export function wantedRows(rows: readonly Row[], wanted: Wanted): readonly Row[] {
  const { step, types, since, failed } = wanted;
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
function endOf(row: Row): string {
  if (row.type === "event") return row.event.at;
  return new Date(Date.parse(row.after.at) + row.ms).toISOString();
}
