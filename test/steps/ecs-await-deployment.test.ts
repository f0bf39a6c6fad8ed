import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunningWorld } from "../../src/practice/world/server.ts";
import { ecs } from "../../src/steps/aws/clients.ts";
import { awaitDeployment } from "../../src/steps/ecs-await-deployment.ts";
import { updateService } from "../../src/steps/ecs-update-service.ts";
import { stepContext } from "../support/step-context.ts";
import {
  admitToRedis,
  arnOf,
  fastClock,
  incidentWorld,
  pointTo,
  registerFix,
  service,
} from "./incident-world.ts";

let world: RunningWorld;
let wanted: string;
beforeEach(async () => {
  world = await incidentWorld(1_000);
  wanted = await registerFix();
});
afterEach(() => world.close());

async function deploy(taskDefinition = wanted) {
  const input = { ...service, taskDefinition, forceNewDeployment: true };
  return updateService.run(input, await stepContext());
}

async function watch(
  deploymentId: string,
  more: { timeout?: string; stallAfter?: string; taskDefinition?: string } = {},
) {
  const ctx = await stepContext({ clock: fastClock(100) });
  const input = awaitDeployment.input.parse({ ...service, deploymentId, taskDefinition: wanted, ...more });
  const output = awaitDeployment.output.parse(await awaitDeployment.run(input, ctx));
  return { output, ctx };
}

test("a deployment is completed when it is PRIMARY, COMPLETED and runs all its tasks", async () => {
  admitToRedis(world);
  const { deploymentId } = await deploy();
  const { output, ctx } = await watch(deploymentId);
  expect(output).toMatchObject({
    outcome: "completed",
    deploymentId,
    expected: wanted,
    live: wanted,
    running: 1,
    desired: 1,
    failedTasks: 0,
    stopReasons: [],
  });
  expect(ctx.recorded.progress).toContain("PRIMARY r151 desired 1 running 1 pending 0 failed 0");
  expect(output.events[0]?.message).toContain("has reached a steady state");
});

test("a deployment that the circuit breaker rolled back is rolledBack, although the service is stable", async () => {
  const { deploymentId } = await deploy();
  const { output, ctx } = await watch(deploymentId);
  expect(output).toMatchObject({
    outcome: "rolledBack",
    expected: wanted,
    live: arnOf(150),
    running: 1,
    desired: 1,
    failedTasks: 3,
  });
  expect(output.reason).toContain("circuit breaker");
  expect(output.stopReasons).toEqual([expect.stringContaining("failed ELB health checks")]);
  expect(ctx.recorded.evidence.get("service-deployment.json")).toMatchObject({
    status: "ROLLBACK_SUCCESSFUL",
  });
  expect(ctx.recorded.evidence.get("stopped-tasks.json")).toHaveLength(3);
  expect(
    ctx.recorded.progress.some((line) => line.startsWith("event: ") && line.includes("rolling back")),
  ).toBe(true);
});

test("a rollback that has long ended is recognised by whoever looks only then", async () => {
  const { deploymentId } = await deploy();
  await watch(deploymentId);
  const { output } = await watch(deploymentId);
  expect(output).toMatchObject({ outcome: "rolledBack", live: arnOf(150) });
});

test("another deployment in first place supersedes it", async () => {
  admitToRedis(world);
  const { deploymentId } = await deploy();
  const other = await deploy(arnOf(150));
  const { output } = await watch(deploymentId);
  expect(output.outcome).toBe("superseded");
  expect(other.deploymentId).not.toBe(deploymentId);
});

test("a deployment of another revision than the expected one is failed", async () => {
  admitToRedis(world);
  const { deploymentId } = await deploy();
  const { output } = await watch(deploymentId, { taskDefinition: arnOf(150) });
  expect(output).toMatchObject({
    outcome: "failed",
    reason: expect.stringContaining(`not of ${arnOf(150)}`),
  });
});

test("a failed deployment without rollback is failed", async () => {
  const client = await ecs(await stepContext());
  const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: false } };
  await client.updateService({ ...service, deploymentConfiguration });
  const { deploymentId } = await deploy();
  const { output } = await watch(deploymentId);
  expect(output).toMatchObject({
    outcome: "failed",
    reason: expect.stringContaining("tasks failed to start"),
  });
});

test("a deployment that is not decided in time is stalled, and what runs is named", async () => {
  await world.close();
  world = await incidentWorld(1);
  wanted = await registerFix();
  const { deploymentId } = await deploy();
  const { output } = await watch(deploymentId, { timeout: "20s" });
  expect(output).toMatchObject({ outcome: "stalled", live: arnOf(150), running: 0, desired: 1 });
  const quiet = await watch(deploymentId, { stallAfter: "15s" });
  expect(quiet.output).toMatchObject({
    outcome: "stalled",
    reason: expect.stringContaining("Nothing had changed"),
  });
});

test("throttling and a lost connection are told and looked past", async () => {
  admitToRedis(world);
  const { deploymentId } = await deploy();
  world.parts.faults.add({ operation: "ecs:DescribeServices", kind: "throttle", times: 2 });
  world.parts.faults.add({ operation: "ecs:DescribeServices", kind: "error", times: 2 });
  const { output, ctx } = await watch(deploymentId);
  expect(output.outcome).toBe("completed");
  expect(ctx.recorded.progress.filter((line) => line.startsWith("will look again"))).toHaveLength(2);
});

test("a role that may not read service deployments or tasks can still watch", async () => {
  const { deploymentId } = await deploy();
  const denied = { kind: "error", code: "AccessDeniedException", message: "Not authorized.", times: 1_000 };
  for (const operation of ["ecs:ListServiceDeployments", "ecs:ListTasks"])
    world.parts.faults.add({ operation, ...denied });
  const { output, ctx } = await watch(deploymentId);
  expect(output).toMatchObject({ outcome: "rolledBack", live: arnOf(150), stopReasons: [] });
  expect(ctx.recorded.progress.filter((line) => line.startsWith("not available"))).toHaveLength(2);
});

test("expired credentials end the watch at once", async () => {
  pointTo(world.url, "EXPIRED");
  await expect(watch("ecs-svc/1")).rejects.toMatchObject({ code: "CREDENTIALS_EXPIRED" });
});

test("a service that does not exist is an error and not an outcome", async () => {
  const input = awaitDeployment.input.parse({
    ...service,
    service: "x",
    deploymentId: "ecs-svc/1",
    taskDefinition: wanted,
  });
  await expect(awaitDeployment.run(input, await stepContext())).rejects.toMatchObject({
    code: "AWS_NOT_FOUND",
  });
});

test("the watch stops at once when the step is cancelled", async () => {
  await world.close();
  world = await incidentWorld(1);
  wanted = await registerFix();
  const { deploymentId } = await deploy();
  const controller = new AbortController();
  const ctx = await stepContext({
    signal: controller.signal,
    progress: () => controller.abort(new Error("cancelled by the test")),
  });
  const input = awaitDeployment.input.parse({ ...service, deploymentId, taskDefinition: wanted });
  await expect(awaitDeployment.run(input, ctx)).rejects.toThrow("cancelled by the test");
});
