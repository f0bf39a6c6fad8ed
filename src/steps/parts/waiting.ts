import type { StepContext } from "../../model/step.ts";

/**
 * Settles as `promise` does, or rejects with the signal's reason as soon as it aborts: not everything that a
 * library does on the way (finding credentials, for one) listens to a signal.
 */
export async function untilAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const settled = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { signal: settled.signal });
  });
  try {
    return await Promise.race([promise, aborted]);
  } catch (error) {
    // Whoever noticed first, the reason is the signal's.
    signal.throwIfAborted();
    throw error;
  } finally {
    settled.abort();
  }
}

/** Waits between two looks at the world. */
export async function pause(ctx: StepContext, seconds: number): Promise<void> {
  const due = new Date(ctx.clock.now().getTime() + seconds * 1_000);
  await untilAborted(ctx.signal, ctx.clock.sleepUntil(due, ctx.signal));
}
