/**
 * Renews a right while `work` uses it. When that fails, the work is told to stop, and the failure is what is thrown: what
 * cannot be renewed may soon be somebody else's.
 */
export async function renewing<T>(
  { renew, every, stop }: { readonly renew: () => void; readonly every: number; readonly stop: AbortSignal },
  work: (stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const failed = new AbortController();
  const beat = setInterval(() => {
    try {
      renew();
    } catch (error) {
      clearInterval(beat);
      failed.abort(error);
    }
  }, every);
  try {
    return await work(AbortSignal.any([stop, failed.signal]));
  } finally {
    clearInterval(beat);
    // Whatever the work came to, on purpose: it went on, or ended, without its right.
    failed.signal.throwIfAborted();
  }
}
