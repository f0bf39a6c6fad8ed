import { expect, test } from "vitest";
import { clip, columns, widthOf } from "../../../src/cli/view/print.ts";
import { createScreen } from "../../../src/cli/view/screen.ts";
import type { Output } from "../../../src/cli/io.ts";
import { columnsOf } from "../../../src/model/display-width.ts";

/** An output of so many columns. */
function output(wide: number): Output {
  return { isTTY: true, columns: wide, rows: 24, write: () => {}, on: () => {}, off: () => {} };
}

test("columns stay below each other whatever the cells are written in", () => {
  const rows = columns([
    ["RUN", "RUNBOOK", "STATE"],
    ["R-1", "再起動-サービス", "waiting"],
    ["R-2", "cafe\u0301 👍🏽", "waiting"],
    ["R-3", "missing-secret", "waiting"],
  ]);
  const starts = rows.slice(1).map((row) => columnsOf(row.slice(0, row.indexOf("waiting"))));
  expect(starts).toEqual([22, 22, 22]);
});

test("a cell in wide letters is cut where the terminal ends", () => {
  expect(clip("再起動-サービス", 8)).toBe("再起動-…");
});

test.each([
  [80, 80],
  [0, 80],
  [20, 40],
])("a terminal that says %i columns is written for %i", (said, wide) => {
  expect(widthOf({ stdout: output(said) as never })).toBe(wide);
});

test("a view on a terminal that says 0 columns is that of 80", () => {
  const of = (wide: number) => createScreen({ stdout: output(wide), env: {} }, () => {});
  expect(of(0).width()).toBe(of(80).width());
  expect(of(0).isLive()).toBe(true);
});
