import { expect, test } from "vitest";
import { everyPath, fails, fake, lost } from "../../src/testing/index.ts";
import { act, bad, good, look, small } from "./small-runbook.ts";

const steps = [
  fake(look, bad, good),
  fake(act, good, fails("AWS_THROTTLED"), fails("AWS_NOT_FOUND"), lost("unknown")),
];

test("every state, way, rescue and decision is come to", async () => {
  const { paths, coverage } = await everyPath(small, { steps });
  expect(coverage.missing).toEqual([]);
  expect(coverage.states.covered).toContain("inner/act");
  expect(coverage.rescues.covered).toEqual([expect.stringMatching(/^small\/act -rescue: .*-> which$/)]);
  expect(new Set(paths.map(({ end }) => end))).toEqual(
    new Set(["succeeded", "failed", "cancelled", "joins"]),
  );
  expect(paths.filter(({ end }) => end === "succeeded").map(({ path }) => path)).toContainEqual(["look"]);
  expect(paths.every(({ events }) => events.every(({ rseq }) => rseq > 0))).toBe(true);
});

test("what no answer leads to is reported", async () => {
  const { coverage } = await everyPath(small, { steps: [fake(look, bad), fake(act, good)] });
  expect(coverage.missing).toEqual([
    expect.stringMatching(/^small\/look -route.*-> succeeded$/),
    expect.stringMatching(/^small\/act -retry.*-> act$/),
    expect.stringMatching(/^small\/act -rescue.*-> which$/),
  ]);
});
