/** Milliseconds: timers of a process cannot be set further ahead than some weeks. */
export const longestSleep = 86_400_000;

/** Time comes in from outside, so that tests turn it by hand. */
export interface Clock {
  readonly now: () => Date;
  /** Resolves at `due`, or rejects with the signal's reason. */
  readonly sleepUntil: (due: Date, signal: AbortSignal) => Promise<void>;
}
