import { expect, test } from "vitest";
import { clip, columnsOf, headOf, padColumns } from "../../src/model/display-width.ts";

test("columns are counted as a terminal draws them", () => {
  expect(columnsOf("\u001b[31mred\u001b[39m")).toBe(3);
  expect(columnsOf("再起動-サービス")).toBe(15);
  expect(columnsOf("e\u0301")).toBe(1);
  expect(["👍🏽", "👩‍👩‍👧", "🇩🇪", "❤️"].map(columnsOf)).toEqual([2, 2, 2, 2]);
});

test("a clipped line says that something is missing", () => {
  expect(clip("0123456789", 5, "…")).toBe("0123…");
  expect(clip("日本語", 5, "…")).toBe("日本…");
  expect(clip("short", 5, "…")).toBe("short");
});

test("nothing that is drawn as one is cut in two", () => {
  expect(headOf("a👩‍👩‍👧b", 2)).toBe("a");
  expect(headOf("a👩‍👩‍👧b", 3)).toBe("a👩‍👩‍👧");
  expect(headOf("e\u0301e\u0301", 1)).toBe("e\u0301");
  expect(headOf("日本", 4)).toBe("日本");
});

test("a cell is filled by the columns that it takes", () => {
  expect(padColumns("日本", 6)).toBe("日本  ");
  expect(padColumns("e\u0301", 3)).toBe("e\u0301  ");
  expect(padColumns("longer", 3)).toBe("longer");
});
