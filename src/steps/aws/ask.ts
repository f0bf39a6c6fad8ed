import type { StepContext } from "../../model/step.ts";
import { untilAborted } from "../abortable.ts";
import { awsFailure } from "./failure.ts";

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
