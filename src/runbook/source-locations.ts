import type { Runbook } from "./types.ts";

/** Finds where in a runbook's file an error was thrown. */
interface ErrorLocator {
  readonly locationOf: (error: unknown) => string | null;
  readonly rewriteStack: (error: unknown) => void;
}

const locators = new WeakMap<Runbook, ErrorLocator>();

/** Notes how to find places in the file that a runbook was loaded from. */
export function noteErrorLocator(runbook: Runbook, locator: ErrorLocator): void {
  locators.set(runbook, locator);
}

/** `small.ts:12:3` when code of the runbook's file threw the error; null when it did not, or when no file is known. */
export function errorLocation(runbook: Runbook, error: unknown): string | null {
  const locator = locators.get(runbook);
  const location = locator?.locationOf(error) ?? null;
  locator?.rewriteStack(error);
  return location;
}
