import { expect, test } from "vitest";
import { code, fence, table, text } from "../../src/report/markdown.ts";

test("free text cannot become markup, a link, a mention or another row", () => {
  expect(text("<img src=x onerror=alert(1)>")).toBe("&lt;img src=x onerror=alert(1)&gt;");
  expect(text("[a](javascript:x) ![i](u) **b** _c_ ~d~ `e`")).toBe(
    "\\[a\\](javascript:x) !\\[i\\](u) \\*\\*b\\*\\* \\_c\\_ \\~d\\~ \\`e\\`",
  );
  expect(text("a | b")).toBe("a &#124; b");
  expect(text("see https://evil.example, www.evil.example, @team and #12")).toBe(
    "see `https://evil.example`, www&#46;evil.example, &#64;team and &#35;12",
  );
  expect(text("ftp://evil.example a_b_c _x_")).toBe("ftp:&#47;&#47;evil.example a_b_c \\_x\\_");
  expect(text("`http://e.example/`x`")).toBe("\\``http://e.example/`\\`x\\`");
  expect(text("&lt;b&gt;")).toBe("&amp;lt;b&amp;gt;");
});

test("free text stays on its line and opens no block", () => {
  expect(text("a\n# b\r\n- c")).toBe("a / # b / - c");
  expect(text("# heading")).toBe("\\# heading");
  expect(text("- item")).toBe("\\- item");
  expect(text("1. item")).toBe("1\\. item");
});

test("hidden characters are spelt out", () => {
  expect(text("a\u202eb\u001b[2J")).toContain("\\\\u{202e}");
  expect(fence("a\u202eb")).toBe("```text\na\\u{202e}b\n```");
});

test("code may hold backticks and vertical bars", () => {
  expect(code("a`b")).toBe("``a`b``");
  expect(code("`a`")).toBe("`` `a` ``");
  expect(code("a|b")).toBe("a&#124;b");
  expect(code("a\\|b")).toBe("a\\\\&#124;b");
  expect(code("")).toBe("(empty)");
});

test("a fence is longer than any in the text", () => {
  expect(fence("```\n# out\n````")).toBe("`````text\n```\n# out\n````\n`````");
});

test("a table has one line a row", () => {
  expect(table(["A", "B"], [[text("x|\ny"), ""]]).split("\n")).toHaveLength(3);
});
