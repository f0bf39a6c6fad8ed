import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunningWorld } from "../../src/practice/world/server.ts";
import { targetHealth } from "../../src/steps/elbv2-target-health.ts";
import { stepContext } from "../support/step-context.ts";
import { fastClock, incident, incidentWorld } from "./incident-world.ts";

let world: RunningWorld;
beforeEach(async () => {
  world = await incidentWorld();
});
afterEach(() => world.close());

const { arn } = incident.targetGroup;
const target = (state: "healthy" | "unhealthy" | "initial" | "draining", id = "10.0.1.9") => ({
  id,
  port: 8001,
  state,
});

async function ask(
  more: { targetGroupArn?: string; waitFor?: "healthy"; timeout?: string } = {},
  onProgress = () => {},
) {
  const recorded: string[] = [];
  const ctx = await stepContext({
    clock: fastClock(100),
    progress: (line) => {
      recorded.push(line);
      onProgress();
    },
  });
  const input = targetHealth.input.parse({ targetGroupArn: arn, ...more });
  return { output: targetHealth.output.parse(await targetHealth.run(input, ctx)), ctx, recorded };
}

test("the targets of a group are counted by their state", async () => {
  const { output, ctx } = await ask();
  expect(output).toMatchObject({ healthy: 1, unhealthy: 0, targets: [{ port: 8001, state: "healthy" }] });
  expect(ctx.recorded.evidence.get("target-health.json")).toMatchObject({ targetGroupArn: arn, healthy: 1 });
});

test("waiting ends when a target is healthy and none is on its way", async () => {
  const { world: simulated } = world;
  simulated.elbv2.setTargets(arn, [target("initial"), target("draining", "10.0.1.8")]);
  const { output, recorded } = await ask({ waitFor: "healthy" }, () => {
    simulated.elbv2.setTargets(arn, [target("healthy"), target("draining", "10.0.1.8")]);
  });
  expect(output.healthy).toBe(1);
  expect(recorded).toEqual([
    "10.0.1.9:8001 initial, 10.0.1.8:8001 draining",
    "10.0.1.9:8001 healthy, 10.0.1.8:8001 draining",
  ]);
});

test("waiting too long is told by the output and not by an exception", async () => {
  world.world.elbv2.setTargets(arn, [target("unhealthy")]);
  const { output } = await ask({ waitFor: "healthy", timeout: "10s" });
  expect(output).toMatchObject({ healthy: 0, unhealthy: 1 });
});

test("a throttled look is told and looked past", async () => {
  world.parts.faults.add({
    operation: "elasticloadbalancing:DescribeTargetHealth",
    kind: "throttle",
    times: 2,
  });
  const { output, recorded } = await ask({ waitFor: "healthy" });
  expect(output.healthy).toBe(1);
  expect(recorded[0]).toMatch(/^will look again/);
});

test("a target group that does not exist is not found", async () => {
  await expect(ask({ targetGroupArn: arn.replace("/ed9084", "/000000") })).rejects.toMatchObject({
    code: "AWS_NOT_FOUND",
  });
});
