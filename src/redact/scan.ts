import { type Automaton, nextState, trigram } from "./automaton.ts";

/** What a scan gives out, and how many bytes of its input that accounts for; the rest must be scanned again. */
interface ScanResult {
  readonly output: Uint8Array;
  readonly consumed: number;
}

/**
 * Replaces the leftmost, longest patterns. Unless `data` is the `last`, bytes at its end that may still become
 * part of a pattern are not consumed, so that the result does not depend on where a stream is cut.
 */
export function scan(automaton: Automaton, data: Uint8Array, position: "more follows" | "last"): ScanResult {
  const pieces: Uint8Array[] = [];
  let consumed = 0;
  for (;;) {
    const match = findNext(automaton, data, consumed, position);
    if (match.start === match.end) {
      if (consumed === 0 && pieces.length === 0)
        return { output: data.subarray(0, match.end), consumed: match.end };
      pieces.push(data.subarray(consumed, match.end));
      return { output: Buffer.concat(pieces), consumed: match.end };
    }
    pieces.push(data.subarray(consumed, match.start), match.replacement);
    consumed = match.end;
  }
}

interface Match {
  readonly start: number;
  readonly end: number;
  readonly replacement: Uint8Array;
}

const noBytes = new Uint8Array(0);

/** The next match from `from`; an empty one says up to where there is certainly none. */
function findNext(
  automaton: Automaton,
  data: Uint8Array,
  from: number,
  position: "more follows" | "last",
): Match {
  const { depth, matched, patternOf, patterns } = automaton;
  let state = 0;
  let at = from;
  let best: Match | undefined;
  while (at < data.length) {
    if (state === 0) at = skipAhead(automaton, data, at);
    if (at >= data.length) break;
    state = nextState(automaton, state, data[at] ?? 0);
    at++;
    if (best !== undefined && at - (depth[state] ?? 0) > best.start) return best;
    const length = matched[state] ?? 0;
    if (length > 0 && (best === undefined || at - length <= best.start)) {
      const replacement = patterns[patternOf[state] ?? -1]?.replacement ?? noBytes;
      best = { start: at - length, end: at, replacement };
    }
  }
  if (position === "last") return best ?? { start: data.length, end: data.length, replacement: noBytes };
  const certain = data.length - (depth[state] ?? 0);
  return { start: certain, end: certain, replacement: noBytes };
}

/** Every pattern has six bytes: when the window's last three begin none of the first four places, four can be skipped. */
function skipAhead({ marks }: Automaton, data: Uint8Array, from: number): number {
  const end = data.length - 6;
  let at = from;
  while (at <= end && marks[trigram(data[at + 3] ?? 0, data[at + 4] ?? 0, data[at + 5] ?? 0)] === 0) at += 4;
  return at;
}
