import { expect, test } from "vitest";
import { labelled, wrap } from "../../../src/cli/view/text.ts";
import { columnsOf } from "../../../src/model/display-width.ts";

test("text is broken at spaces, keeps its indentation, and never gets too wide", () => {
  expect(wrap("  one two three", 10)).toEqual(["  one two", "  three"]);
  expect(wrap(`a ${"x".repeat(12)} b`, 8)).toEqual(["a", "xxxxxxxx", "xxxx b"]);
  expect(wrap("a\nb", 20)).toEqual(["a", "b"]);
  for (const line of wrap("    arn:aws:ecs:us-east-1:1:task/x and more of it", 12))
    expect(columnsOf(line)).toBeLessThanOrEqual(12);
});

test("wide text without spaces is broken between what is drawn", () => {
  expect(wrap("再起動サービス", 8)).toEqual(["再起動サ", "ービス"]);
  expect(wrap("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 8)).toEqual(["👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", "👩‍👩‍👧"]);
});

test("a command that is there to be copied is never broken", () => {
  const command = 'runwright approve R-ABCD approvePlan --sha acb83f66 --reason "..."';
  expect(wrap(`Look again with \`${command}\` and then go on.`, 30)).toEqual([
    "Look again with",
    `\`${command}\``,
    "and then go on.",
  ]);
  expect(wrap(`2 files: ${command}`, 30)).toEqual(["2 files:", command]);
  expect(wrap(`${command}   (4/29 approvePlan)`, 30)).toEqual([command, "(4/29 approvePlan)"]);
});

test("a label in wide letters keeps the texts below each other", () => {
  const lines = labelled("日本", "one two three four", { width: 22 });
  expect(lines.map((line) => columnsOf(line.slice(0, line.search(/one|three/))))).toEqual([12, 12]);
});
