/**
 * Sees at one look, without parsing JSON, that both texts of an event are what nearly all of them are: written in the
 * usual way, in canonical form, with the fields of their version. Anything else, right or wrong, is left to a slower reader.
 */
import { endOfValue, nowhere } from "./canonical-scan.ts";

/** Everything in an envelope but who did it and when. */
export interface EnvelopeFields {
  readonly log: string;
  readonly seq: number;
  readonly run: string;
  readonly rseq: number;
  readonly type: string;
  readonly prev: string;
  readonly commitment: string;
}

// Within these quotes nothing is escaped.
const actor = '\\{"id":"[^"\\\\\\p{C}]*","identified":"[\\w-]*","kind":"\\w*"\\}';
const beginning = new RegExp(`^\\{"actor":${actor},"at":"([\\w.:-]*)"`, "u");
const word = /^[\w.:-]*$/;

/** When it happened, if an envelope says exactly this and is written in the usual way; else null. */
export function readEnvelope(text: string, said: EnvelopeFields): string | null {
  const { log, seq, run, rseq, type, prev, commitment } = said;
  const rest = `,"commitment":"${commitment}","log":"${log}","prev":"${prev}","rseq":${rseq},"run":"${run}","seq":${seq},"type":"${type}","v":1}`;
  const found = beginning.exec(text);
  if (found === null || found[0].length + rest.length !== text.length || !text.endsWith(rest)) return null;
  const areUsual = isCount(seq) && isCount(rseq) && word.test(run) && word.test(type) && word.test(log);
  return areUsual ? (found[1] ?? null) : null;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

const fields = [
  { name: '{"artifacts":', opening: "[" },
  { name: ',"data":', opening: "{" },
  { name: ',"salt":', opening: '"' },
] as const;

/** A regular expression has room for so much that is escaped in one string. */
const longest = 1_000_000;

/** Whether a text has the fields of an event's data and is written in the usual way. */
export function isUsualData(text: string): boolean {
  if (text.length > longest) return false;
  let end = 0;
  for (const { name, opening } of fields) {
    if (!text.startsWith(name, end) || text[end + name.length] !== opening) return false;
    end = endOfValue(text, end + name.length, 1);
    if (end === nowhere) return false;
  }
  return end === text.length - 1 && text[end] === "}";
}
