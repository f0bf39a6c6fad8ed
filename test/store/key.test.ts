import { readFileSync, statSync } from "node:fs";
import { expect, test } from "vitest";
import { isSignedBy, parseNotes, statementOf } from "../../src/model/head-note.ts";
import { findKey, openKey } from "../../src/store/key.ts";
import { appendNoted, openAt, place, started } from "./store-support.ts";

const hash = "a".repeat(64);

test("a durable note is signed by the log's key, a passing one is not", () => {
  const store = openAt(place());
  appendNoted(store, started("r1"));
  store.anchor.note(store.log.head(), true);
  const { notes, broken } = parseNotes(readFileSync(store.anchor.file, "utf8"), store.log.id);
  const key = findKey(store.anchor.keyFile, store.log.id);
  expect(broken).toBeUndefined();
  expect(notes.map((note) => isSignedBy(key?.publicPem ?? "", store.log.id, note))).toEqual([false, true]);
});

test("a signature is worth nothing for another head, log or key", () => {
  const at = place();
  const key = openKey(`${at.dir}/keys/one.pem`, "one");
  const other = openKey(`${at.dir}/keys/other.pem`, "one");
  const note = { seq: 1, hash, signed: key.sign({ seq: 1, hash }) };
  expect(isSignedBy(key.publicPem, "one", note)).toBe(true);
  expect(isSignedBy(key.publicPem, "one", { ...note, seq: 2 })).toBe(false);
  expect(isSignedBy(key.publicPem, "one", { ...note, hash: "b".repeat(64) })).toBe(false);
  expect(isSignedBy(key.publicPem, "other", note)).toBe(false);
  expect(isSignedBy(other.publicPem, "one", note)).toBe(false);
});

test("the key is made once, for its owner alone, and apart from the database", () => {
  const store = openAt(place());
  expect(findKey(store.anchor.keyFile, store.log.id)).toBeNull();
  const made = openKey(store.anchor.keyFile, store.log.id);
  expect(openKey(store.anchor.keyFile, store.log.id).fingerprint).toBe(made.fingerprint);
  expect(statSync(made.file).mode & 0o777).toBe(0o600);
});

test("notes about other logs are passed over, and what is no note is named", () => {
  const [one, other] = ["1".repeat(32), "2".repeat(32)];
  const text = `1 ${hash}\n${one} 2 ${hash}\n${other} 3 ${hash}\nnonsense\n`;
  const { notes, broken } = parseNotes(text, one);
  expect(notes.map(({ seq }) => seq)).toEqual([1, 2]);
  expect(broken).toBe("nonsense");
});

test("what is signed names the log, the number and the hash", () => {
  expect(statementOf("l", { seq: 7, hash })).toBe(`runwright head\nl\n7\n${hash}\n`);
});
