import { failureIn } from "../engine/fold.ts";
import { open } from "../engine/replay.ts";
import { RunbookError } from "../model/error.ts";
import type { Runbook } from "../runbook/types.ts";

/** A first state that throws is told, with where in the file it does, before anything is recorded. */
export function refuseBrokenStart(runbook: Runbook, first: Parameters<typeof open>[1]): void {
  try {
    open(runbook, first);
  } catch (cause) {
    const { message } = failureIn(runbook, cause);
    if (cause instanceof RunbookError) {
      const { code, data, hint } = cause;
      throw new RunbookError(code, message, { cause, data, hint });
    }
    const why = `Runbook \`${runbook.id}\` cannot start: ${message}.`;
    throw new RunbookError("RUNBOOK_BROKEN", why, { cause });
  }
}
