/**
 * Notes: what an anchor says of a log's head. A line is `seq hash`, and where the head was signed
 * `seq hash fingerprint signature`. In a file that several logs share, the log's id comes first.
 */
import { createHash, createPublicKey, verify, type KeyLike } from "node:crypto";

export interface HeadNote {
  readonly seq: number;
  readonly hash: string;
  readonly signed: { readonly fingerprint: string; readonly signature: string } | null;
}

const form = /^(?:([0-9a-f]{32}) )?(\d{1,15}) ([0-9a-f]{64})(?: ([0-9a-f]{64}) ([A-Za-z0-9+/]{86}==))?$/;

export function noteLine({ seq, hash, signed }: HeadNote): string {
  const head = `${seq} ${hash}`;
  return signed === null ? head : `${head} ${signed.fingerprint} ${signed.signature}`;
}

/** A line as a note; `other` when it is about another log, undefined when it is no note at all. */
export function parseNote(line: string, log: string): HeadNote | "other" | undefined {
  const [whole, about, seq, hash = "", fingerprint, signature] = form.exec(line) ?? [];
  if (whole === undefined) return undefined;
  if (about !== undefined && about !== log) return "other";
  const signed = fingerprint === undefined || signature === undefined ? null : { fingerprint, signature };
  return { seq: Number(seq), hash, signed };
}

/** The notes in a text about this log, and the first line that is none. */
export function parseNotes(
  text: string,
  log: string,
): { readonly notes: readonly HeadNote[]; readonly broken: string | undefined } {
  const lines = text.split("\n").filter((line) => line !== "");
  const parsed = lines.map((line) => parseNote(line, log));
  const notes = parsed.flatMap((note) => (note === undefined || note === "other" ? [] : [note]));
  return { notes, broken: lines[parsed.indexOf(undefined)] };
}

/** What is signed: the log is named too, so that a signature is worth nothing for another one. */
export function statementOf(log: string, { seq, hash }: Pick<HeadNote, "seq" | "hash">): string {
  return `runwright head\n${log}\n${seq}\n${hash}\n`;
}

/** SHA-256 of a public key's DER form: how people tell keys apart. */
export function fingerprintOf(publicPem: string): string {
  const der = createPublicKey(publicPem).export({ type: "spki", format: "der" });
  return createHash("sha256").update(der).digest("hex");
}

/** Whether the note's signature is one of this key over this head. */
export function isSignedBy(publicKey: KeyLike, log: string, note: HeadNote): boolean {
  if (note.signed === null) return false;
  const signature = Buffer.from(note.signed.signature, "base64");
  return verify(null, Buffer.from(statementOf(log, note)), publicKey, signature);
}
