/**
 * Reads an envelope as nearly all of them are written, without parsing JSON: one look tells that the fields are those
 * of its version and that the form is canonical. Anything unusual, right or wrong, is left to a slower reader.
 */
export type Envelope = {
  readonly at: string;
  readonly commitment: string;
  readonly log: string;
  readonly prev: string;
  readonly rseq: number;
  readonly run: string;
  readonly seq: number;
  readonly type: string;
};

// Within these quotes nothing is escaped, and a number has neither sign, fraction nor leading zero.
const word = '"([\\w.:-]*)"';
const hash = '"([0-9a-f]{64})"';
const count = "([1-9]\\d{0,14})";
const actor = '\\{"id":"[^"\\\\\\p{C}]*","identified":"[\\w-]*","kind":"\\w*"\\}';
const form = new RegExp(
  `^\\{"actor":${actor},"at":${word},"commitment":${hash},"log":${word},"prev":${hash},"rseq":${count},"run":${word},"seq":${count},"type":${word},"v":1\\}$`,
  "u",
);

/** The envelope in a text; null when it is not written in the usual way. */
export function readEnvelope(text: string): Envelope | null {
  const found = form.exec(text);
  if (found === null) return null;
  const [, at = "", commitment = "", log = "", prev = "", rseq, run = "", seq, type = ""] = found;
  return { at, commitment, log, prev, rseq: Number(rseq), run, seq: Number(seq), type };
}
