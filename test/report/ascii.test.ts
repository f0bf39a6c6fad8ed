import { expect, test } from "vitest";
import { toAscii, toAsciiHtml } from "../../src/report/ascii.ts";

test("typographic characters become their equals, and every other is spelt out, so that none is lost", () => {
  expect(toAscii("“Go” – it’s done…\n\tnow")).toBe('"Go" - it\'s done...\n\tnow');
  expect(toAscii("a → 再 😀 \u001b")).toBe("a -> \\u{518d} \\u{1f600} \\u{1b}");
});

test("a page in ASCII shows the same characters", () => {
  expect(toAsciiHtml("<p>再 😀 é</p>\n")).toBe("<p>&#20877; &#128512; &#233;</p>\n");
});
