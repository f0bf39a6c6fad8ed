import { expect, test } from "vitest";
import { visible, visibleJson, visibleLine } from "../../src/redact/visible.ts";
import * as markdown from "../../src/report/markdown.ts";
import { hostile, isUnsafe } from "./hostile.ts";
import { randomFrom } from "./random.ts";

test("the corpus has 28 hostile sequences", () => {
  expect(hostile).toHaveLength(28);
});

test.each(hostile)("text that %s is spelt out", (_what, text) => {
  expect(isUnsafe(text)).toBe(true);
  expect(isUnsafe(visible(text))).toBe(false);
  const back = visible(text).replaceAll(/\\u\{([0-9a-f]+)\}/g, (_all, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  );
  expect(back).toBe(text);
});

test.each(hostile)("JSON of text that %s is spelt out, and reads as what it was", (_what, text) => {
  const json = visibleJson(JSON.stringify({ [text]: text }, undefined, 2));
  expect(isUnsafe(json)).toBe(false);
  expect(JSON.parse(json)).toEqual({ [text]: text });
});

test("10,000 random byte strings leave nothing that acts in text, Markdown or JSON", () => {
  const random = randomFrom(37);
  let unsafe = 0;
  let changed = 0;
  for (let round = 0; round < 10_000; round++) {
    const bytes = Buffer.from(Array.from({ length: random(60) }, () => random(256)));
    for (const text of [bytes.toString("utf8"), bytes.toString("latin1"), inPairs(bytes)]) {
      const json = visibleJson(JSON.stringify(text));
      const shown = [visible(text), markdown.text(text), markdown.code(text), markdown.fence(text), json];
      unsafe += shown.filter(isUnsafe).length;
      if (JSON.parse(json) !== text) changed++;
    }
  }
  expect({ unsafe, changed }).toEqual({ unsafe: 0, changed: 0 });
});

function inPairs(bytes: Buffer): string {
  return bytes.subarray(bytes.length % 2).toString("utf16le");
}

test("ordinary text stays as it is", () => {
  const text = "Größe 3 ✔ ⚠️ 東京\n\tcafé — “x”\n";
  expect(visible(text)).toBe(text);
});

test("a line stays one line", () => {
  expect(visibleLine("a\nb\r\nc\u001b[0m")).toBe("a\\u{a}b\\u{d}\\u{a}c\\u{1b}[0m");
});
