import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunningWorld } from "../../src/practice/world/server.ts";
import { ecs } from "../../src/steps/aws/clients.ts";
import { updateService } from "../../src/steps/ecs-update-service.ts";
import { stepContext } from "../support/step-context.ts";
import { arnOf, countChanges, fastClock, incidentWorld, registerFix, service } from "./incident-world.ts";

let world: RunningWorld;
let wanted: string;
// Slow, so that a deployment stays as it was made.
beforeEach(async () => {
  world = await incidentWorld(1);
  wanted = await registerFix();
});
afterEach(() => world.close());

const input = () => ({ ...service, taskDefinition: wanted, forceNewDeployment: true });
const updates = () => countChanges(world, "ecs:UpdateService");

test("the service is pointed at the exact revision and the deployment made for it is named", async () => {
  const ctx = await stepContext();
  const output = await updateService.run(input(), ctx);
  expect(output).toMatchObject({ taskDefinition: wanted, previousTaskDefinition: arnOf(150) });
  expect(output.deploymentId).toMatch(/^ecs-svc\/\d+$/);
  expect(updateService.output.parse(output)).toEqual(output);
  expect([...ctx.recorded.evidence.keys()]).toEqual(["service-before.json", "service-after.json"]);
  expect(updates()).toBe(1);
});

test("an INACTIVE revision is refused before the service is touched", async () => {
  await (await ecs(await stepContext())).deregisterTaskDefinition({ taskDefinition: wanted });
  await expect(updateService.run(input(), await stepContext())).rejects.toMatchObject({
    code: "ECS_REVISION_INACTIVE",
  });
  expect(updates()).toBe(0);
});

test("a revision without a number is no exact revision", () => {
  const { success } = updateService.input.safeParse({ ...input(), taskDefinition: "api" });
  expect(success).toBe(false);
  expect(updateService.input.parse({ ...input(), taskDefinition: "api:151" })).toBeDefined();
});

test("called again for the same key it adopts its deployment instead of making another", async () => {
  const ctx = await stepContext();
  const first = await updateService.run(input(), ctx);
  const second = await updateService.run(input(), ctx);
  expect(second).toMatchObject({ deploymentId: first.deploymentId, createdAt: first.createdAt });
  expect(updates()).toBe(1);
});

test("an equal deployment that existed before is not adopted", async () => {
  const first = await updateService.run(input(), await stepContext());
  const second = await updateService.run(input(), await stepContext({ startedAt: new Date(Date.now() + 1) }));
  expect(second.deploymentId).not.toBe(first.deploymentId);
  expect(updates()).toBe(2);
});

test("when the answer is lost the deployment is looked up and not made twice", async () => {
  world.parts.faults.add({ operation: "ecs:UpdateService", kind: "drop-after-effect" });
  const output = await updateService.run(input(), await stepContext());
  expect(output.taskDefinition).toBe(wanted);
  expect(updates()).toBe(1);
});

test("when the call never took effect the failure says what was found", async () => {
  world.parts.faults.add({ operation: "ecs:UpdateService", kind: "error" });
  const ctx = await stepContext({ clock: fastClock(50) });
  await expect(updateService.run(input(), ctx)).rejects.toMatchObject({
    code: "AWS_REFUSED",
    message: expect.stringContaining("no deployment of r151 was created since"),
  });
  expect(updates()).toBe(0);
});

test("a throttled call is sent again", async () => {
  world.parts.faults.add({ operation: "ecs:UpdateService", kind: "throttle", times: 2 });
  await updateService.run(input(), await stepContext({ clock: fastClock(50) }));
  expect(updates()).toBe(1);
});

test("after a crash the probe finds the deployment that the lost call made", async () => {
  const ctx = await stepContext();
  const output = await updateService.run(input(), ctx);
  await expect(updateService.probe(input(), ctx)).resolves.toMatchObject({ verdict: "done", output });
});

test("after a crash before the call the probe says what is PRIMARY instead", async () => {
  const ctx = await stepContext({ clock: fastClock(50) });
  await expect(updateService.probe(input(), ctx)).resolves.toMatchObject({
    verdict: "not done",
    why: expect.stringMatching(
      /^PRIMARY is ecs-svc\/\d+ of r150, and no deployment of r151 was created since /,
    ),
  });
});

test("a deployment made so shortly before that the clocks may disagree leaves the probe in doubt", async () => {
  await updateService.run(input(), await stepContext());
  const later = await stepContext({ startedAt: new Date(Date.now() + 2_000) });
  await expect(updateService.probe(input(), later)).resolves.toMatchObject({ verdict: "unknown" });
});
