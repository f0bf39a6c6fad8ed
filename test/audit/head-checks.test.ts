import { generateKeyPairSync, sign } from "node:crypto";
import { expect, test } from "vitest";
import { signatureCheck } from "../../src/audit/head-checks.ts";
import { fingerprintOf, statementOf, type HeadNote } from "../../src/model/head-note.ts";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const key = String(publicKey.export({ type: "spki", format: "pem" }));
const fingerprint = fingerprintOf(key);
const [log, hash, count] = ["0".repeat(32), "a".repeat(64), 1_001];

function signed(seq: number): HeadNote {
  const signature = sign(null, Buffer.from(statementOf(log, { seq, hash })), privateKey).toString("base64");
  return { seq, hash, signed: { fingerprint, signature } };
}

/** Signed notes of every event; the signature of one is that of another event. */
function notes(broken: number): readonly HeadNote[] {
  const all = Array.from({ length: count }, (_, index) => signed(index + 1));
  return all.map((note) => (note.seq === broken ? { ...note, signed: signed(count).signed } : note));
}

function check(form: "database" | "bundle", broken: number) {
  const marked = { form, log, key, hashAt: () => hash, notes: { notes: notes(broken), broken: undefined } };
  const last = { seq: count, run: "R-AAAA", rseq: 1, type: "run.started", body: "", data: null, hash };
  return signatureCheck(marked, { own: [], hashes: new Map(), last });
}

test("a signature that is none is noticed, in a database among the newest thousand", () => {
  expect(check("bundle", 1)).toMatchObject({ verdict: "fail", detail: expect.stringContaining("event 1:") });
  expect(check("database", 2)).toMatchObject({
    verdict: "fail",
    detail: expect.stringContaining("event 2:"),
  });
  expect(check("database", 1)).toMatchObject({
    verdict: "pass",
    detail: `the newest 1000 of 1001 signatures of ${fingerprint}`,
  });
});
