import { expect, test } from "vitest";
import { withheldBy } from "../../src/audit/withhold.ts";

const types = ["run.started", "step.started", "step.succeeded", "approval.granted", "finding.recorded"];
const own = ["R-AAAA", "R-BBBB"].flatMap((run, index) =>
  types.map((type, at) => ({ seq: index * 10 + at, rseq: at + 1, run, type, event: null })),
);

const chosen = (...words: readonly string[]): readonly number[] => [...withheldBy(words, "R-AAAA", own)];

test("a group, a type and a number name events; a number is one of the run that is exported", () => {
  expect(chosen("outputs")).toEqual([2, 12]);
  expect(chosen("text")).toEqual([3, 4, 13, 14]);
  expect(chosen("step.started")).toEqual([1, 11]);
  expect(chosen("2", "#3")).toEqual([1, 2]);
  expect(chosen("R-BBBB#2", "R-BBBB#2")).toEqual([11]);
  expect(chosen()).toEqual([]);
});

test("a word that names nothing is refused, so that nobody takes data for withheld that is not", () => {
  for (const word of ["finding.recoded", "99", "R-CCCC#1", "run.cancelled"]) {
    expect(() => chosen(word)).toThrowError(expect.objectContaining({ code: "USAGE" }));
  }
});

test("a group of which the run has nothing withholds nothing", () => {
  expect([...withheldBy(["text"], "R-AAAA", own.slice(0, 2))]).toEqual([]);
});
