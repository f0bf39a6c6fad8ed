import type { WorldTime } from "./account/world.ts";

/** The world's clock, which can be stopped: what was to happen after that never happens. */
export interface StoppableTime extends WorldTime {
  readonly stop: () => void;
}

export function createTime(speed: number): StoppableTime {
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;
  return {
    speed,
    now: () => new Date(),
    after: (seconds, act) => {
      if (stopped) return;
      const timer = setTimeout(
        () => {
          timers.delete(timer);
          act();
        },
        (seconds * 1000) / speed,
      );
      // Only the server keeps the process alive.
      timer.unref();
      timers.add(timer);
    },
    stop: () => {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
