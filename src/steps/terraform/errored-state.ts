import { stat } from "node:fs/promises";
import path from "node:path";
import { RunbookError } from "../../model/error.ts";
import type { StepContext } from "../../model/step.ts";

const name = "errored.tfstate";

/** When terraform last failed to save a state and left it in the directory, or undefined. */
export async function unsavedSince(dir: string): Promise<Date | undefined> {
  try {
    return (await stat(path.join(dir, name))).mtime;
  } catch {
    return undefined;
  }
}

/** A plan or apply beside a state that was not saved would fork it. What this very attempt left is told elsewhere. */
export async function refuseUnsavedState(dir: string, ctx: StepContext): Promise<void> {
  const since = await unsavedSince(dir);
  if (since === undefined || since >= ctx.startedAt) return;
  throw unsaved(dir, `since ${since.toISOString()}`);
}

export function unsaved(dir: string, since: string): RunbookError {
  return new RunbookError(
    "TERRAFORM_STATE_UNSAVED",
    `${path.join(dir, name)} holds a state that could not be saved ${since}.`,
    {
      data: { dir },
    },
  );
}
