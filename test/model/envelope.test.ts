import { expect, test } from "vitest";
import { isUsualData, readEnvelope, type EnvelopeFields } from "../../src/model/envelope.ts";
import { canonical } from "../../src/model/json.ts";

const said: EnvelopeFields = {
  log: "0".repeat(32),
  seq: 12,
  run: "R-7F3K",
  rseq: 3,
  type: "step.succeeded",
  prev: "a".repeat(64),
  commitment: "b".repeat(64),
};
const at = "2025-10-07T13:51:04.123Z";
const actor = { kind: "human", id: "josé", identified: "os-user" };

function written(envelope: object = {}): string {
  return canonical({ v: 1, at, actor, ...said, ...envelope });
}

test("an envelope that says what is expected tells when it happened", () => {
  expect(readEnvelope(written(), said)).toBe(at);
});

test.each([
  ["another number", { seq: 13 }],
  ["another run", { run: "R-8G4M" }],
  ["another event before it", { prev: "c".repeat(64) }],
  ["other data", { commitment: "c".repeat(64) }],
  ["another version", { v: 2 }],
  ["a field too many", { note: "" }],
  ["an actor with a field too many", { actor: { ...actor, note: "" } }],
  ["an escaped actor", { actor: { ...actor, id: 'a"b' } }],
])("an envelope with %s is left to the slower reader", (_what, envelope) => {
  expect(readEnvelope(written(envelope), said)).toBeNull();
});

test("what a row says cannot smuggle fields into the envelope that is expected", () => {
  const run = 'R-7F3K","rum":"x';
  const text = written().replace('"R-7F3K"', `"${run}"`);
  expect(JSON.parse(text)).toHaveProperty("rum");
  expect(readEnvelope(text, { ...said, run })).toBeNull();
});

const data = {
  artifacts: [{ bytes: 1, name: "a.txt", sha256: "c".repeat(64) }],
  data: { note: "a\nb" },
  salt: "s",
};

test("data with its three fields is seen to be as usual, and anything else is not", () => {
  expect(isUsualData(canonical(data))).toBe(true);
  const others = [
    { ...data, more: 1 },
    { ...data, artifacts: {} },
    { ...data, data: [] },
    { ...data, salt: 1 },
    { artifacts: [], data: {} },
  ];
  expect(others.filter((other) => isUsualData(canonical(other)))).toEqual([]);
  expect(isUsualData(`${canonical(data)}}`)).toBe(false);
  const text = canonical(data);
  const cut = Array.from(text, (_, end) => text.slice(0, end));
  expect(cut.filter(isUsualData)).toEqual([]);
});

test("a text that is too long for one look is left to the slower reader", () => {
  expect(isUsualData(canonical({ ...data, data: { note: "\n".repeat(8_000_000) } }))).toBe(false);
});
