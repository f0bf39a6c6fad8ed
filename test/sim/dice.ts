/** Chance from a seed: the same seed throws the same numbers. */
export interface Dice {
  /** A whole number from 0 up to `below`. */
  readonly below: (below: number) => number;
  /** A whole number from `low` to `high`, both included. */
  readonly between: (low: number, high: number) => number;
  readonly chance: (percent: number) => boolean;
  readonly pick: <T>(from: readonly [T, ...T[]]) => T;
}

/** Mulberry32 after a scramble, because neighbouring seeds must not live neighbouring lives. */
export function createDice(seed: number): Dice {
  let state = Math.imul(seed + 1, 0x9e37_79b1) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (percent) => next() * 100 < percent,
    pick: ([first, ...others]) => [first, ...others][below(others.length + 1)] ?? first,
  };
}
