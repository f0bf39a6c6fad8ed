/** A pattern, as a latin1 byte string, with what stands in its place. */
export interface Pattern {
  readonly bytes: string;
  readonly replacement: Uint8Array;
}

/**
 * The Aho-Corasick automaton of a set of patterns. Its states are numbered breadth first, so the few near the
 * root, in which nearly all bytes of ordinary text are read, have complete rows; the long tails of the
 * patterns are kept as child lists, because complete rows for a private key would take 100 MB.
 */
export interface Automaton {
  /** Depth of a state: how many of the bytes just read may still become a pattern. */
  readonly depth: Int32Array;
  /** Length of the longest pattern that ends in a state; 0 when none does. */
  readonly matched: Int32Array;
  /** Which pattern that is. */
  readonly patternOf: Int32Array;
  /** Which hashed trigrams begin within the first four bytes of any pattern: what lets a scan skip. */
  readonly marks: Uint8Array;
  readonly patterns: readonly Pattern[];
  readonly rows: Int32Array;
  readonly rowCount: number;
  readonly fail: Int32Array;
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  readonly label: Uint8Array;
}

const mostRows = 4_096;

/** Builds the automaton; every pattern has at least six bytes. */
export function buildAutomaton(patterns: readonly Pattern[]): Automaton {
  const trie = numberBreadthFirst(growTrie(patterns));
  const count = trie.depth.length;
  const rowCount = Math.min(count, mostRows);
  const automaton = {
    ...trie,
    patterns,
    rowCount,
    marks: markTrigrams(patterns),
    rows: new Int32Array(rowCount * 256),
    fail: new Int32Array(count),
    matched: new Int32Array(count),
  };
  link(automaton);
  return automaton;
}

/** The state after one more byte. */
export function nextState(automaton: Automaton, from: number, byte: number): number {
  const { rows, rowCount, firstChild, nextSibling, label, fail } = automaton;
  let state = from;
  while (state >= rowCount) {
    let child = firstChild[state] ?? 0;
    while (child !== 0 && label[child] !== byte) child = nextSibling[child] ?? 0;
    if (child !== 0) return child;
    state = fail[state] ?? 0;
  }
  return rows[(state << 8) | byte] ?? 0;
}

/** A hash of three bytes, 18 bits wide. */
export function trigram(first: number, second: number, third: number): number {
  return ((first << 10) ^ (second << 5) ^ third) & 0x3ffff;
}

interface Trie {
  readonly depth: Int32Array;
  readonly patternOf: Int32Array;
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  readonly label: Uint8Array;
}

interface GrowingTrie {
  readonly first: number[];
  readonly next: number[];
  readonly byte: number[];
  readonly end: number[];
}

function growTrie(patterns: readonly Pattern[]): GrowingTrie {
  const trie: GrowingTrie = { first: [0], next: [0], byte: [0], end: [-1] };
  for (const [index, { bytes }] of patterns.entries()) {
    let state = 0;
    for (let at = 0; at < bytes.length; at++) state = childOf(trie, state, bytes.charCodeAt(at));
    if (trie.end[state] === -1) trie.end[state] = index;
  }
  return trie;
}

function childOf({ first, next, byte, end }: GrowingTrie, state: number, wanted: number): number {
  let child = first[state] ?? 0;
  while (child !== 0 && byte[child] !== wanted) child = next[child] ?? 0;
  if (child !== 0) return child;
  const added = first.length;
  first.push(0);
  next.push(first[state] ?? 0);
  byte.push(wanted);
  end.push(-1);
  first[state] = added;
  return added;
}

function numberBreadthFirst({ first, next, byte, end }: GrowingTrie): Trie {
  const count = first.length;
  const trie = {
    depth: new Int32Array(count),
    patternOf: new Int32Array(count).fill(-1),
    firstChild: new Int32Array(count),
    nextSibling: new Int32Array(count),
    label: new Uint8Array(count),
  };
  const order = [0];
  for (let number = 0; number < order.length; number++) {
    const grown = order[number] ?? 0;
    trie.label[number] = byte[grown] ?? 0;
    trie.patternOf[number] = end[grown] ?? -1;
    for (let child = first[grown] ?? 0; child !== 0; child = next[child] ?? 0) {
      const added = order.length;
      order.push(child);
      trie.depth[added] = (trie.depth[number] ?? 0) + 1;
      trie.nextSibling[added] = trie.firstChild[number] ?? 0;
      trie.firstChild[number] = added;
    }
  }
  return trie;
}

/** Fills in failure links, complete rows and matches; a failure link leads to a lower number, so one pass does. */
function link(automaton: Automaton): void {
  const { rows, rowCount, fail, firstChild, nextSibling, label, depth, matched, patternOf } = automaton;
  for (let state = 0; state < depth.length; state++) {
    const back = fail[state] ?? 0;
    if (patternOf[state] === -1) {
      matched[state] = matched[back] ?? 0;
      patternOf[state] = patternOf[back] ?? -1;
    } else {
      matched[state] = depth[state] ?? 0;
    }
    if (state > 0 && state < rowCount) rows.copyWithin(state << 8, back << 8, (back + 1) << 8);
    for (let child = firstChild[state] ?? 0; child !== 0; child = nextSibling[child] ?? 0) {
      const byte = label[child] ?? 0;
      fail[child] = state === 0 ? 0 : nextState(automaton, back, byte);
      if (state < rowCount) rows[(state << 8) | byte] = child;
    }
  }
}

function markTrigrams(patterns: readonly Pattern[]): Uint8Array {
  const marks = new Uint8Array(0x40000);
  for (const { bytes } of patterns) {
    for (let at = 0; at < 4; at++) {
      marks[trigram(bytes.charCodeAt(at), bytes.charCodeAt(at + 1), bytes.charCodeAt(at + 2))] = 1;
    }
  }
  return marks;
}
