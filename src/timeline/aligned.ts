/** An item of two lists laid side by side: in both, or in one of them. */
export interface AlignedItem {
  readonly in: "both" | "one" | "other";
  readonly item: string;
}

/** Lays two lists side by side so that as much as possible is in both. */
export function align(one: readonly string[], other: readonly string[]): readonly AlignedItem[] {
  const longest = commonLengths(one, other);
  const found: AlignedItem[] = [];
  let [i, j] = [0, 0];
  while (i < one.length || j < other.length) {
    const [left, right] = [one[i], other[j]];
    if (left !== undefined && left === right) {
      found.push({ in: "both", item: left });
      [i, j] = [i + 1, j + 1];
    } else if (left !== undefined && (right === undefined || longest(i + 1, j) >= longest(i, j + 1))) {
      found.push({ in: "one", item: left });
      i += 1;
    } else {
      found.push({ in: "other", item: right ?? "" });
      j += 1;
    }
  }
  return found;
}

/** How many items the rests of both lists have in common, in order, from two places on. */
function commonLengths(one: readonly string[], other: readonly string[]): (i: number, j: number) => number {
  const width = other.length + 1;
  const lengths = new Uint32Array((one.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = other.length - 1; j >= 0; j -= 1) {
      const isSame = one[i] === other[j];
      lengths[i * width + j] = isSame ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  return at;
}
