import type { RunbookError } from "../model/error.ts";
import type { StepContext } from "../model/step.ts";
import { untilAborted } from "./abortable.ts";
import { isTransient } from "./aws/failure.ts";

/** Waits between two looks at the world. */
export async function pause(ctx: StepContext, seconds: number): Promise<void> {
  const due = new Date(ctx.clock.now().getTime() + seconds * 1_000);
  await untilAborted(ctx.signal, ctx.clock.sleepUntil(due, ctx.signal));
}

/** One look that may fail for a moment: such a failure is told, and given back instead of thrown. */
export async function look<T>(
  ctx: StepContext,
  read: () => Promise<T>,
): Promise<{ readonly seen: T } | { readonly error: RunbookError }> {
  try {
    return { seen: await read() };
  } catch (error) {
    if (!isTransient(error)) throw error;
    ctx.progress(`will look again: ${error.message}`);
    return { error };
  }
}
