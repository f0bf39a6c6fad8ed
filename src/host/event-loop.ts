/** Room for signals, timers and other processes between the turns of a driver whose steps end at once. */
import { performance } from "node:perf_hooks";
import { setImmediate as nextIteration } from "node:timers/promises";

/** For so many milliseconds turns may follow one another; to let others in after each took a twentieth of a step's time. */
const longest = 5;

/** What lets the event loop go round once, when it has not for a while: promises alone never do. */
export function createYield(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < longest) return;
    await nextIteration();
    last = performance.now();
  };
}
