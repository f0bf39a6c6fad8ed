import { expect, test } from "vitest";
import { endOfValue } from "../../src/model/canonical-scan.ts";
import { canonical } from "../../src/model/json.ts";
import { randomFrom } from "../redact/random.ts";

const draw = randomFrom(8785);
const pieces = [
  ...'aZ{}[]:,"\\ntfu0129-. \n\u0001\u007fé\u2028'.split(""),
  "😀",
  "\ud83d",
  "\ude00",
  '\\"',
  "\\u001f",
  "\\n",
];
const words = ["", "a", "a b", "a!", 'a"', "b", "10", "9", "é", "\ue000", "😀", "\\", "__proto__"];

function value(depth: number): unknown {
  const kind = draw(depth > 4 ? 4 : 6);
  if (kind === 0) return words[draw(words.length)];
  if (kind === 1) return (draw(2) === 0 ? -1 : 1) * (draw(1_000) + 1) * 10 ** (draw(26) - 13);
  if (kind === 2) return [null, true, false, 0][draw(4)];
  if (kind === 3) return `${words[draw(words.length)]}\n\u0000${words[draw(words.length)]}`;
  if (kind === 4) return Array.from({ length: draw(4) }, () => value(depth + 1));
  return Object.fromEntries(
    Array.from({ length: draw(5) }, () => [words[draw(words.length)], value(depth + 1)]),
  );
}

/** The text with something taken out, put in, doubled or put elsewhere. */
function changed(text: string): string {
  const [from, to] = [draw(text.length + 1), draw(text.length + 1)].toSorted((one, other) => one - other);
  const piece = pieces[draw(pieces.length)] ?? "";
  const part = text.slice(from, to);
  const ways = [
    text.slice(0, from) + piece + text.slice(from),
    text.slice(0, from) + piece + text.slice((from ?? 0) + 1),
    text.slice(0, from) + text.slice((from ?? 0) + 1),
    text.slice(0, to) + part + text.slice(to),
    text.slice(0, from) + text.slice(to) + part,
  ];
  return ways[draw(ways.length)] ?? "";
}

function isCanonicalSlowly(text: string): boolean {
  try {
    return canonical(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}

const isCanonicalAtOnce = (text: string): boolean => endOfValue(text, 0, 0) === text.length;

test("what is written canonically is seen to be so, but for escaped keys and very long whole numbers", () => {
  let unseen = 0;
  for (let n = 0; n < 5_000; n += 1) {
    const text = canonical(value(0));
    const isUnusual = /(?<![.\d])\d{16}|"(?:[^"\\]|\\.)*(?:\\.|[\ud800-\udfff])(?:[^"\\]|\\.)*":/.test(text);
    if (isUnusual) unseen += 1;
    else expect([text, isCanonicalAtOnce(text)]).toEqual([text, true]);
  }
  expect(unseen).toBeLessThan(2_500);
});

test("no text is seen to be canonical that is not, whatever was changed in it", () => {
  let [right, wrong] = [0, 0];
  for (let n = 0; n < 40_000; n += 1) {
    let text = canonical(value(1));
    for (let times = draw(3) + 1; times > 0; times -= 1) text = changed(text);
    const isRight = isCanonicalSlowly(text);
    if (isCanonicalAtOnce(text)) expect([text, isRight]).toEqual([text, true]);
    if (isRight) right += 1;
    else wrong += 1;
  }
  expect([right > 1_000, wrong > 10_000]).toEqual([true, true]);
});

test.each([
  ["keys in another order", '{"b":1,"a":2}'],
  ["a longer key before a shorter one", '{"a b":1,"a":2}'],
  ["a key twice", '{"a":1,"a":1}'],
  ["a fraction with a digit too many", "[0.50]"],
  ["a fraction without its zero", "[.5]"],
  ["a fraction with a zero too many", "[00.5]"],
  ["a whole number as a fraction", "[1.0]"],
  ["a fraction that no number is", "[0.10000000000000001]"],
  ["a fraction with an exponent that need not be", "[5e-1]"],
  ["a fraction without the exponent that must be", "[0.0000001]"],
  ["an exponent with a zero too many", "[1e-07]"],
  ["a capital exponent", "[1E-7]"],
  ["minus zero as a fraction", "[-0.0]"],
  ["minus zero", "[-0]"],
  ["a leading zero", "[01]"],
  ["an exponent", "[1e3]"],
  ["a space", "[1, 2]"],
  ["an escape that need not be", '["\\u0041"]'],
  ["an escape in another spelling", '["\\u000a"]'],
  ["an escape in capitals", '["\\u001F"]'],
  ["an escaped solidus", '["\\/"]'],
  ["a control character", '["\n"]'],
  ["half a surrogate pair", '["\ud83d"]'],
  ["the other half", '["\ude00"]'],
  ["a string without its end", '["a'],
  ["a list without its end", "[1"],
  ["an object without its end", '{"a":1'],
  ["a key without a value", '{"a"}'],
  ["a comma too many", "[1,]"],
  ["something after it", "[1]]"],
  ["nothing", ""],
  ["what is nested too deeply", `${"[".repeat(66)}${"]".repeat(66)}`],
])("%s is not canonical", (_what, text) => {
  expect(isCanonicalSlowly(text)).toBe(false);
  expect(isCanonicalAtOnce(text)).toBe(false);
});
