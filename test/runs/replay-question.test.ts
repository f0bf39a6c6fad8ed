import { expect, test } from "vitest";
import { parseAnswer } from "../../src/runs/replay-question.ts";

const derivation = { events: [{ rseq: 2, parts: { step: '"look"' } }], snapshot: null, stopped: null };

test("what has the shape of an answer is one", () => {
  const answer = { type: "derivations", derivations: [derivation] };
  expect(parseAnswer(JSON.stringify(answer))).toEqual(answer);
  expect(parseAnswer('{"type":"failed","why":"it throws"}')).toEqual({ type: "failed", why: "it throws" });
});

test.each([
  "",
  "Nothing is wrong with it.",
  "null",
  '{"type":"compared","differences":[]}',
  JSON.stringify({ type: "derivations", derivations: [{ ...derivation, ok: true }] }),
  JSON.stringify({ type: "derivations", derivations: [{ ...derivation, events: 7 }] }),
  '{"type":"states","states":[[{"run":"r"}]]}',
  '{"type":"pictures","graphs":[{"id":"x"}]}',
])("anything else is none: %s", (said) => {
  expect(parseAnswer(said)).toBeNull();
});
