import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunningWorld } from "../../src/practice/world/server.ts";
import { describeTaskDefinition } from "../../src/steps/ecs-describe-task-definition.ts";
import { stepContext } from "../support/step-context.ts";
import { arnOf, incident, incidentWorld, registerFix, service } from "./incident-world.ts";

let world: RunningWorld;
beforeAll(async () => {
  world = await incidentWorld();
});
afterAll(() => world.close());

test("the revision that a service runs is read through its PRIMARY deployment", async () => {
  const ctx = await stepContext();
  const found = await describeTaskDefinition.run(service, ctx);
  expect(found).toMatchObject({ arn: arnOf(150), family: incident.family, revision: 150, status: "ACTIVE" });
  expect(found.secrets).not.toContain(incident.secret.variable);
  expect(describeTaskDefinition.output.parse(found)).toEqual(found);
});

test("two revisions can be compared by the sorted names of their secrets", async () => {
  const before = await describeTaskDefinition.run({ taskDefinition: arnOf(150) }, await stepContext());
  await registerFix();
  const after = await describeTaskDefinition.run(
    { taskDefinition: `${incident.family}:151` },
    await stepContext(),
  );
  expect(after.revision).toBe(151);
  expect(after.secrets).toEqual([...before.secrets, incident.secret.variable].toSorted());
});

test("the evidence names variables and where secrets come from, and holds no value of a variable", async () => {
  const ctx = await stepContext();
  await describeTaskDefinition.run({ taskDefinition: arnOf(150) }, ctx);
  const evidence = ctx.recorded.evidence.get("task-definition.json");
  expect(evidence).toMatchObject({ arn: arnOf(150), containers: [{ name: "api" }] });
  expect(JSON.stringify(evidence)).not.toContain('"value"');
});

test("a revision that does not exist is not found, by name", async () => {
  const run = describeTaskDefinition.run({ taskDefinition: `${incident.family}:999` }, await stepContext());
  await expect(run).rejects.toMatchObject({
    code: "AWS_NOT_FOUND",
    message: expect.stringContaining(`\`ecs:DescribeTaskDefinition\` of \`${incident.family}:999\` failed`),
  });
});

test("a service or a cluster that does not exist is not found, by name", async () => {
  const ctx = await stepContext();
  await expect(describeTaskDefinition.run({ ...service, service: "nobody" }, ctx)).rejects.toMatchObject({
    code: "AWS_NOT_FOUND",
    message: expect.stringContaining(`${incident.cluster}/nobody`),
  });
  await expect(describeTaskDefinition.run({ ...service, cluster: "nowhere" }, ctx)).rejects.toMatchObject({
    code: "AWS_NOT_FOUND",
  });
});
