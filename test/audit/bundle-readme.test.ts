import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { readme } from "../../src/audit/bundle-readme.ts";
import { fingerprintOf } from "../../src/model/head-note.ts";

const about = { runs: ["R-AAAA"], to: "Audit Ltd", key: null, log: "0af1", withheld: new Set<number>() };

test("a bundle says for whom it is, what is inside, and what is not", () => {
  expect(readme(about, undefined)).toContain(
    "# The record of run R-AAAA\n\nMade for Audit Ltd. Nothing of these runs is withheld.",
  );
  const more = readme({ ...about, runs: ["R-AAAA", "R-BBBB"], withheld: new Set([3, 4]) }, undefined);
  expect(more).toContain("with its child runs R-BBBB. The data of 2 events is withheld.");
});

test("the fingerprint of the key and the head are those of the record", () => {
  const { publicKey } = generateKeyPairSync("ed25519");
  const key = publicKey.export({ type: "spki", format: "pem" }).toString();
  const end = { seq: 12, hash: "ab".repeat(32), run: "R-AAAA", rseq: 9, type: "a", body: "", data: null };
  const text = readme({ ...about, key }, end);
  expect(text).toContain(`- head: 12 ${"ab".repeat(32)}`);
  expect(text).toContain(`- key: ${fingerprintOf(key)}`);
  expect(readme(about, end)).toContain("- key: none");
});

test("a recipient's name stays in its line and is no Markdown", () => {
  const text = readme({ ...about, to: "Eve\n# PASS **verified** [x](y)" }, undefined);
  expect(text).toContain("Made for Eve \\# PASS \\*\\*verified\\*\\* \\[x\\](y).");
});
