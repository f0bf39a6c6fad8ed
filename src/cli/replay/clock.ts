/** The time in a replay: it goes on from where it was set, so many times as fast as the real one. */
export interface ReplayClock {
  readonly now: () => Date;
  readonly set: (to: Date, rate: number) => void;
}

/** A clock on another one that counts milliseconds. */
export function createClock(elapsed: () => number): ReplayClock {
  let from = 0;
  let since = elapsed();
  let rate = 0;
  return {
    now: () => new Date(from + (elapsed() - since) * rate),
    set: (to, newRate) => {
      from = to.getTime();
      since = elapsed();
      rate = newRate;
    },
  };
}
