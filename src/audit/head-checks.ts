/** Checks against what was noted outside the log: the adversary rewrites the log and makes every hash fit again. */
import { createPublicKey } from "node:crypto";
import { fingerprintOf, isSignedBy, noteLine, type HeadNote } from "../model/head-note.ts";
import type { Check } from "../model/verify.ts";
import type { GatheredEvents, Submission } from "./submission.ts";

type NotedRecord = Pick<Submission, "form" | "log" | "notes" | "key" | "hashAt">;

/** The notes that came with the record, against its events. */
export function headsCheck({ notes, hashAt }: NotedRecord, { hashes }: GatheredEvents): Check {
  const name = "the notes of the head agree with the log";
  if (notes === null || (notes.notes.length === 0 && notes.broken === undefined))
    return {
      name,
      verdict: "unknown",
      detail: "there are no notes, so a restored old copy would not be noticed",
    };
  if (notes.broken !== undefined) return { name, verdict: "fail", detail: `\`${notes.broken}\` is no note` };
  const wrong = notes.notes.find(({ seq, hash }) => (hashes.get(seq) ?? hashAt(seq)) !== hash);
  if (wrong === undefined) return { name, verdict: "pass", detail: `${notes.notes.length} notes` };
  const got = hashes.get(wrong.seq) ?? hashAt(wrong.seq) ?? "nothing";
  return { name, verdict: "fail", detail: `event ${wrong.seq}: expected ${wrong.hash}, got ${got}` };
}

/** Notes that whoever verifies has kept: only these are not in the adversary's hands. */
export function keptHeadsCheck(
  submission: NotedRecord,
  { hashes, last: end }: GatheredEvents,
  kept: readonly HeadNote[] | null,
): Check {
  const name = "the log continues the notes that were kept elsewhere";
  const near = (kept ?? []).filter(({ seq }) => hashes.has(seq));
  const fault = keptHeadsFault(submission, { near, kept: kept ?? [], hashes });
  if (fault !== undefined) return { name, verdict: "fail", detail: fault };
  const newest = Math.max(0, ...(kept ?? []).map(({ seq }) => seq));
  const last = end?.seq ?? 0;
  if (near.length === 0) return { name, verdict: "unknown", detail: nothingToCompare };
  if (submission.form !== "database" && newest > last) {
    const detail = `it ends at event ${last}, and the log continues to ${newest}: ask for a newer copy if it should be the newest`;
    return { name, verdict: "unknown", detail };
  }
  return { name, verdict: "pass", detail: `${near.length} notes` };
}

const nothingToCompare = "there is nothing to compare with: name your copy with `--anchor FILE`";

interface KeptHeads {
  readonly near: readonly HeadNote[];
  readonly kept: readonly HeadNote[];
  readonly hashes: ReadonlyMap<number, string>;
}

function keptHeadsFault(
  { form, notes, key }: NotedRecord,
  { near, kept, hashes }: KeptHeads,
): string | undefined {
  const own = key === null ? undefined : fingerprintOf(key);
  const foreign = kept.find(
    ({ signed }) => signed !== null && own !== undefined && signed.fingerprint !== own,
  );
  if (foreign !== undefined) return `expected the key ${foreign.signed?.fingerprint}, got ${own}`;
  const wrong = near.find(({ seq, hash }) => hashes.get(seq) !== hash);
  if (wrong !== undefined)
    return `event ${wrong.seq}: expected ${wrong.hash}, got ${hashes.get(wrong.seq) ?? "nothing"}`;
  if (form !== "bundle") return undefined;
  const lines = new Set(notes?.notes.map(noteLine));
  const missing = near.find((note) => !lines.has(noteLine(note)));
  return missing === undefined ? undefined : `the note of event ${missing.seq} is not in the bundle`;
}

/** A signature takes as long as thirty events, and the newest one covers all before it: a database has too many. */
const mostSignatures = 1_000;

/** The signatures, and how far they reach. */
export function signatureCheck(
  { form, log, notes, key, hashAt }: NotedRecord,
  gathered: GatheredEvents,
): Check {
  const name = "the head is signed by the log's key";
  if (key === null) return { name, verdict: "unknown", detail: "there is no key to compare with" };
  const fingerprint = fingerprintOf(key);
  const all = (notes?.notes ?? []).filter((note) => note.signed?.fingerprint === fingerprint);
  const signed = form === "database" ? all.slice(-mostSignatures) : all;
  const publicKey = createPublicKey(key);
  const wrong = signed.find((note) => !isSignedBy(publicKey, log, note));
  if (wrong !== undefined)
    return { name, verdict: "fail", detail: `event ${wrong.seq}: the signature is not of ${fingerprint}` };
  const sound = signed.filter(({ seq, hash }) => (gathered.hashes.get(seq) ?? hashAt(seq)) === hash);
  const covered = Math.max(0, ...sound.map(({ seq }) => seq));
  const last = gathered.own.at(-1)?.seq ?? gathered.last?.seq ?? 0;
  const count =
    signed.length === all.length ? `${all.length}` : `the newest ${mostSignatures} of ${all.length}`;
  return covered >= last
    ? { name, verdict: "pass", detail: `${count} signatures of ${fingerprint}` }
    : { name, verdict: "unknown", detail: `signed up to event ${covered} of ${last} by ${fingerprint}` };
}
