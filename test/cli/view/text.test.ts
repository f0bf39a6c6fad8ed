import { expect, test } from "vitest";
import { clip, columnsOf, wrap } from "../../../src/cli/view/text.ts";

test("columns are counted as a terminal draws them", () => {
  expect(columnsOf("\u001b[31mred\u001b[39m")).toBe(3);
  expect(columnsOf("日本")).toBe(4);
  expect(columnsOf("e\u0301")).toBe(1);
});

test("a clipped line says that something is missing", () => {
  expect(clip("0123456789", 5, "…")).toBe("0123…");
  expect(clip("日本語", 5, "…")).toBe("日本…");
  expect(clip("short", 5, "…")).toBe("short");
});

test("text is broken at spaces, keeps its indentation, and never gets too wide", () => {
  expect(wrap("  one two three", 10)).toEqual(["  one two", "  three"]);
  expect(wrap(`a ${"x".repeat(12)} b`, 8)).toEqual(["a", "xxxxxxxx", "xxxx b"]);
  expect(wrap("a\nb", 20)).toEqual(["a", "b"]);
  for (const line of wrap("    arn:aws:ecs:us-east-1:1:task/x and more of it", 12))
    expect(columnsOf(line)).toBeLessThanOrEqual(12);
});
