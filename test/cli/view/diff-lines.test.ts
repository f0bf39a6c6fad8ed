import { expect, test } from "vitest";
import { diffLines } from "../../../src/cli/view/diff-lines.ts";
import { bare } from "../../../src/cli/view/render-context.ts";
import type { RunDiff } from "../../../src/timeline/diff.ts";

const titles = ["R-AAAA", "R-BBBB"] as const;
const same: RunDiff = { circumstances: [], inputs: [], path: [], durations: [], plans: [], outcomes: [] };

function drawn(more: Partial<RunDiff>): string {
  return diffLines({ ...same, ...more }, titles, bare).join("\n");
}

test("of two runs that are alike it is said that nothing differs", () => {
  const path = [{ in: "both", item: "plan succeeded" }] as const;
  expect(drawn({ path })).toBe("- R-AAAA\n+ R-BBBB\n\nNothing differs.");
});

test("a value is shown as both runs have it, and what one of them lacks as nothing", () => {
  const inputs = [
    { what: "dir", one: "live", other: "te\u001bst" },
    { what: "note", one: null, other: "new" },
  ];
  const durations = [{ what: "plan", one: 1_500, other: 61_000 }];
  expect(drawn({ inputs, durations })).toBe(
    [
      "- R-AAAA",
      "+ R-BBBB",
      "",
      "Inputs",
      "  dir",
      "    - live",
      "    + te\\u{1b}st",
      "  note",
      "    - (nothing)",
      "    + new",
      "",
      "Durations",
      "  plan",
      "    - 1.5s",
      "    + 1m01s",
    ].join("\n"),
  );
});

test("a value that is too long is cut, and wrapped under its mark", () => {
  const lines = drawn({ inputs: [{ what: "text", one: "word ".repeat(200), other: null }] }).split("\n");
  const value = lines.filter((line) => line.includes("word"));
  expect(value.length).toBeGreaterThan(3);
  expect(value.every((line) => line.length <= bare.width)).toBe(true);
  expect(value[0]).toMatch(/^ {4}- word/);
  expect(value.slice(1).every((line) => line.startsWith("      word"))).toBe(true);
  expect(value.at(-1)?.endsWith(bare.symbols.more)).toBe(true);
  expect(value.join(" ").match(/word/g)?.length).toBeLessThan(100);
});

test("of the path the differences are shown, with what stands beside them, and the rest is counted", () => {
  const both = (item: string) => ({ in: "both", item }) as const;
  const path = [
    ...["a", "b", "c", "d"].map(both),
    { in: "one", item: "e failed" } as const,
    { in: "other", item: "e succeeded" } as const,
    ...["f", "g", "h"].map(both),
  ];
  const more = bare.symbols.more;
  expect(drawn({ path }).split("\n").slice(3)).toEqual([
    "Path",
    `    ${more} 3 alike`,
    "    d",
    "  - e failed",
    "  + e succeeded",
    "    f",
    `    ${more} 2 alike`,
  ]);
});
