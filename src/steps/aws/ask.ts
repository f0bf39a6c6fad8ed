import type { RunbookError } from "../../model/error.ts";
import type { StepContext } from "../../model/step.ts";
import { untilAborted } from "../parts/waiting.ts";
import { awsFailure, isTransient } from "./failure.ts";

/** Makes one AWS call: it stops with the step, and its failure has one of our codes. `what` names operation and resource. */
export async function ask<T>(
  ctx: Pick<StepContext, "signal">,
  what: string,
  call: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  ctx.signal.throwIfAborted();
  try {
    return await untilAborted(ctx.signal, call({ abortSignal: ctx.signal }));
  } catch (error) {
    ctx.signal.throwIfAborted();
    throw awsFailure(error, what);
  }
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
