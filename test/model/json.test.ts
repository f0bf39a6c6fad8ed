import canonicalize from "canonicalize";
import { expect, test } from "vitest";
import { canonical, toJson } from "../../src/model/json.ts";
import { randomFrom } from "../redact/random.ts";

const draw = randomFrom(8785);

function text(): string {
  const units = [
    "a",
    "Z",
    "1",
    "9",
    '"',
    "\\",
    "\n",
    "\u0001",
    "\u007f",
    "é",
    "ﬀ",
    "\u2028",
    "😀",
    "🏴",
    "\ue000",
  ];
  return Array.from({ length: draw(4) }, () => units[draw(units.length)]).join("");
}

function value(depth: number): unknown {
  const kind = draw(depth > 4 ? 4 : 7);
  if (kind === 0) return text();
  if (kind === 1) return (draw(2) === 0 ? -1 : 1) * (draw(1_000) + 1) * 10 ** (draw(30) - 20);
  if (kind === 2) return [null, true, false, 0][draw(4)];
  if (kind === 3) return undefined;
  if (kind === 4) return Array.from({ length: draw(4) }, () => value(depth + 1) ?? null);
  return Object.fromEntries(Array.from({ length: draw(5) }, () => [text(), value(depth + 1)]));
}

test("canonical text is what RFC 8785 says, as an independent implementation reads it", () => {
  for (let n = 0; n < 5_000; n += 1) {
    const made = { value: value(0) };
    expect(canonical(made)).toBe(canonicalize(made));
  }
});

test.each([
  ["what is no number", { a: [{ b: Number.NaN }] }, "value.a[0].b"],
  ["an infinity", { a: { b: -Infinity } }, "value.a.b cannot be stored: it is -Infinity"],
  ["a number too large to be exact", { a: 2 ** 53 }, "value.a"],
  ["half a surrogate pair", { a: "\ud800" }, "value.a"],
  ["a key with half a surrogate pair", { a: { "\ud800": 1 } }, "value.a"],
  ["an instance of a class", { a: new Date() }, "value.a"],
  ["undefined in an array", { a: [undefined] }, "value.a[0]"],
  // oxlint-disable-next-line no-sparse-arrays -- that is what is refused
  ["a hole in an array", { a: [, 1] }, "value.a[0]"],
  ["undefined", undefined, "value"],
])("%s is refused by name", (_what, made, where) => {
  const refused = expect.objectContaining({ code: "NOT_JSON", message: expect.stringContaining(where) });
  expect(() => canonical(made)).toThrowError(refused);
  expect(() => toJson(made)).toThrowError(refused);
});

test("minus zero is stored as the zero that is read again", () => {
  expect(toJson({ a: [-0] })).toEqual({ a: [0] });
  expect(canonical({ a: -0 })).toBe('{"a":0}');
});

test("a key that is called __proto__ is a key as any other", () => {
  const made: unknown = JSON.parse('{"__proto__":{"a":1},"b":2}');
  const copy = toJson(made);
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  expect(Object.keys(copy as object)).toEqual(["__proto__", "b"]);
  expect(canonical(copy)).toBe('{"__proto__":{"a":1},"b":2}');
});

test("keys that are numbers are sorted as text, although an object has them in another order", () => {
  expect(canonical({ 9: 1, 10: 2, a: { b: 3 }, "": 4 })).toBe('{"":4,"10":2,"9":1,"a":{"b":3}}');
});

test("what is nested too deeply is refused", () => {
  let deep: unknown = 1;
  for (let n = 0; n < 70; n += 1) deep = [deep];
  expect(() => canonical(deep)).toThrowError(expect.objectContaining({ code: "NOT_JSON" }));
});
