/** The middle one: a bench on a busy machine has outliers on both sides. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Prints a figure and its goal; a bench that misses its goal ends with 1. */
export function goal(
  name: string,
  value: number,
  bound: { readonly atLeast: number } | { readonly atMost: number },
): void {
  const isMet = "atLeast" in bound ? value >= bound.atLeast : value <= bound.atMost;
  const text = "atLeast" in bound ? `at least ${bound.atLeast}` : `at most ${bound.atMost}`;
  console.log(`${name.padEnd(30)}${value.toFixed(3)}   goal ${text}: ${isMet ? "met" : "MISSED"}`);
  if (!isMet) process.exitCode = 1;
}
