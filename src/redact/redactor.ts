import { RunbookError } from "../model/error.ts";
import type { Json } from "../model/json.ts";
import type { Secret } from "../model/secret.ts";
import { type Automaton, buildAutomaton, type Pattern, nextState, trigram } from "./automaton.ts";
import { fewestBytes, formsOf } from "./forms.ts";

/** Redacts one stream of bytes, wherever it is cut into chunks. */
export interface RedactingStream {
  readonly push: (bytes: Uint8Array) => Uint8Array;
  readonly end: () => Uint8Array;
}

/** Replaces every known secret, in every spelling of it, by `[secret NAME]`. */
export interface Redactor {
  /** Makes a secret known; what a stream gives out afterwards is free of it. */
  readonly add: (secret: Secret) => void;
  readonly text: (text: string) => string;
  readonly stream: () => RedactingStream;
  /** Redacts all strings in a value, the keys of its objects included. */
  readonly json: <T extends Json>(value: T) => T;
}

/** A redactor that knows no secret yet. */
export function createRedactor(): Redactor {
  const patterns = new Map<string, Pattern>();
  let built: Automaton | undefined;
  const automaton = (): Automaton | undefined => {
    if (built === undefined && patterns.size > 0) built = buildAutomaton([...patterns.values()]);
    return built;
  };
  const text = (plain: string): string => redactText(automaton(), plain);
  return {
    add: (secret) => {
      const replacement = Buffer.from(String(secret));
      for (const bytes of formsOf(longEnough(secret))) {
        if (!patterns.has(bytes)) patterns.set(bytes, { bytes, replacement });
      }
      built = undefined;
    },
    text,
    stream: () => redactingStream(automaton),
    json: (value) => (patterns.size === 0 ? value : redactJson(value, text)),
  };
}

function longEnough(secret: Secret): string {
  const value = secret.reveal();
  const length = Buffer.byteLength(value.trim());
  if (length >= fewestBytes) return value;
  const message = `The secret ${secret.name} has ${length} bytes; one of fewer than ${fewestBytes} cannot be kept out of the record.`;
  throw new RunbookError("SECRET_TOO_SHORT", message);
}

function redactText(automaton: Automaton | undefined, plain: string): string {
  if (automaton === undefined) return plain;
  const bytes = Buffer.from(plain);
  const { output } = scan(automaton, bytes, "last");
  // Unchanged text comes back as it was, even where it is not well formed.
  return bytes.equals(output) ? plain : Buffer.from(output).toString();
}

function redactingStream(automaton: () => Automaton | undefined): RedactingStream {
  let held: Uint8Array = new Uint8Array(0);
  const take = (bytes: Uint8Array, place: "more follows" | "last"): Uint8Array => {
    const data = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    const known = automaton();
    if (known === undefined) return data;
    const { output, consumed } = scan(known, data, place);
    // A copy: the caller may use its buffer again.
    held = new Uint8Array(data.subarray(consumed));
    return output;
  };
  return { push: (bytes) => take(bytes, "more follows"), end: () => take(new Uint8Array(0), "last") };
}

// The first signature is the promise: the shape stays the same and strings stay strings.
function redactJson<T extends Json>(value: T, text: (plain: string) => string): T;
function redactJson(value: Json, text: (plain: string) => string): Json {
  if (typeof value === "string") return text(value);
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map((item) => redactJson(item, text));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [text(key), redactJson(item, text)] as const),
  );
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** What a scan gives out, and how many bytes of its input that accounts for; the rest must be scanned again. */
interface ScanResult {
  readonly output: Uint8Array;
  readonly consumed: number;
}

/**
 * Replaces the leftmost, longest patterns. Unless `data` is the `last`, bytes at its end that may still become
 * part of a pattern are not consumed, so that the result does not depend on where a stream is cut.
 */
function scan(automaton: Automaton, data: Uint8Array, position: "more follows" | "last"): ScanResult {
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
