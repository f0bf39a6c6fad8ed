import { crashEverywhere, everyPath, fails, fakeAt, simulate } from "runwright/testing";
import * as steps from "runwright/steps";
import { expect, test } from "vitest";
import { redisSg } from "../../runbooks/redis-sg.ts";
import { planned, redisFakes as usual, redisInput as input } from "./incident-fakes.ts";

const answers = { approve: "approve" };

test("the missing rule is planned, approved, applied and seen", async () => {
  const run = await simulate(redisSg, { input, steps: usual, answers });
  expect(run.end).toBe("succeeded");
  expect(run.path).toEqual(["ingress", "plan", "approve", "apply", "admitted", "healthy"]);
  expect(run.effects).toEqual(["redis-sg/apply"]);
});

test("a failed apply goes back to the plan", async () => {
  const planning = fakeAt("redis-sg/plan", steps.terraformPlan, planned(input.redisRuleAddress, null));
  const failing = [
    fakeAt("redis-sg/apply", steps.terraformApply, fails("TERRAFORM_FAILED")),
    planning,
    ...usual,
  ];
  const given = { approve: ["approve", "reject"], "apply.decide": "retry" };
  const run = await simulate(redisSg, { input, steps: failing, answers: given });
  expect(run.path).toEqual(["ingress", "plan", "approve", "apply", "apply.decide", "plan", "approve"]);
  expect(run.end).toBe("cancelled");
});

test("every path ends as it should", async () => {
  const { paths, coverage } = await everyPath(redisSg, { input, steps: usual });
  expect(coverage.missing).toEqual([]);
  expect(paths.filter(({ end }) => end === "faulted")).toEqual([]);
  const applied = paths.filter(({ path }) => path.includes("apply"));
  expect(applied.every(({ answers: given }) => given.includes("approve: approve"))).toBe(true);
});

test("it is the same wherever its engine dies", async () => {
  const { crashes, differences } = await crashEverywhere(redisSg, { input, steps: usual, answers });
  expect(differences).toEqual([]);
  expect(crashes).toBeGreaterThan(10);
});
