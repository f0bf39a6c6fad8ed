import type { Runbook } from "./types.ts";

/** Finds where in a runbook's file an error was thrown. */
interface Places {
  readonly of: (error: unknown) => string | null;
  readonly tell: (error: unknown) => void;
}

const known = new WeakMap<Runbook, Places>();

/** Notes how to find places in the file that a runbook was loaded from. */
export function notePlaces(runbook: Runbook, places: Places): void {
  known.set(runbook, places);
}

/** `small.ts:12:3` when code of the runbook's file threw the error; null when it did not, or when no file is known. */
export function placeIn(runbook: Runbook, error: unknown): string | null {
  const places = known.get(runbook);
  const place = places?.of(error) ?? null;
  places?.tell(error);
  return place;
}
