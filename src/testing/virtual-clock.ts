import type { Clock } from "../model/clock.ts";

/** A clock that jumps to the next time somebody waits for, as soon as nothing else is left to do. */
export interface VirtualClock extends Clock {
  /** How many wait for a time. */
  readonly sleepers: () => number;
}

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

export function createVirtualClock(start = new Date("2025-01-01T00:00:00.000Z")): VirtualClock {
  let now = start.getTime();
  const sleepers = new Set<Sleeper>();
  let isJumping = false;

  // Everything in memory goes on by microtasks, so at the next turn of the event loop nothing but time is left.
  function jumpLater(): void {
    if (isJumping || sleepers.size === 0) return;
    isJumping = true;
    setImmediate(() => {
      isJumping = false;
      jump();
    });
  }

  function jump(): void {
    let next: Sleeper | undefined;
    for (const sleeper of sleepers) if (next === undefined || sleeper.due < next.due) next = sleeper;
    if (next === undefined) return;
    now = Math.max(now, next.due);
    next.wake();
    jumpLater();
  }

  return {
    now: () => new Date(now),
    sleepers: () => sleepers.size,
    sleepUntil: (due, signal) =>
      new Promise((resolve, reject) => {
        const stop = (): void => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        };
        const wake = (): void => {
          sleepers.delete(sleeper);
          signal.removeEventListener("abort", stop);
          resolve();
        };
        const sleeper: Sleeper = { due: due.getTime(), wake };
        if (signal.aborted) return stop();
        signal.addEventListener("abort", stop, { once: true });
        sleepers.add(sleeper);
        jumpLater();
      }),
  };
}
