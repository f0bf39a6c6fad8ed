import { expect, test } from "vitest";
import { crashEverywhere, fails, fake, simulate } from "../../src/testing/index.ts";
import { act, badLook, good, small } from "./small-runbook.ts";

const answers = { approve: "approve", "act.decide": "retry", which: "child" };

test("a run is the same wherever its engine dies", async () => {
  const steps = [badLook, fake(act, fails("AWS_THROTTLED"), fails("AWS_REFUSED"), good)];
  const { effects } = await simulate(small, { steps, answers });
  expect(effects).toEqual(["small/act", "inner/act"]);
  const { crashes, differences } = await crashEverywhere(small, { steps, answers });
  expect(differences).toEqual([]);
  expect(crashes).toBeGreaterThan(20);
});

test("an outcome that depends on how often a step was asked is a difference", async () => {
  let asked = 0;
  const moody = fake(act, () => {
    asked += 1;
    return asked > 1 ? fails("AWS_REFUSED") : good;
  });
  const { differences } = await crashEverywhere(small, {
    steps: [badLook, moody],
    answers: { approve: "approve", "act.decide": "cancel", which: "stop" },
  });
  expect(differences[0]?.expected.end).toBe("failed");
  expect(differences[0]?.got.end).toBe("cancelled");
});
