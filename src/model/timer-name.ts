/** xstate calls the timer of state `watch` `xstate.after.watch.RUNBOOK.watch`; a back-off belongs to its step. */
export function nameOfTimer(timer: string): string {
  const parts = timer.split(".").filter((part) => part !== "backoff");
  return parts.at(-1) ?? timer;
}
