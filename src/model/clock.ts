/** Time comes in from outside, so that tests turn it by hand. */
export interface Clock {
  readonly now: () => Date;
  /** Resolves at `due`, or rejects with the signal's reason. */
  readonly sleepUntil: (due: Date, signal: AbortSignal) => Promise<void>;
}
