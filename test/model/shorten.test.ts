import { expect, test } from "vitest";
import { shorten, shortenText } from "../../src/model/shorten.ts";

test("a text is cut only when more is left out than the mark takes", () => {
  expect(["abcd", "abcde", "abcdef"].map((text) => shorten(text, 4))).toEqual(["abcd", "abcde", "abcd…"]);
});

test("no half of a character is left at the cut", () => {
  expect(shorten("abc\u{1f600}def", 4).isWellFormed()).toBe(true);
});

test("a long text says how much of it is left out", () => {
  expect(shortenText("one\ntwo", 7)).toBe("one\ntwo");
  expect(shortenText("one\ntwo", 3)).toBe("one\n[... 4 more characters]");
});
