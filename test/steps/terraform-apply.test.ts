import { appendFile, stat } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { terraformApply } from "../../src/steps/terraform-apply.ts";
import { terraformInit } from "../../src/steps/terraform-init.ts";
import { terraformPlan } from "../../src/steps/terraform-plan.ts";
import { approvedPlan } from "../../src/steps/terraform/review.ts";
import { stepContext } from "../support/step-context.ts";
import { arnOf, countChanges, incident, registerFix } from "./incident-world.ts";
import { durable, practice, type Practice } from "./terraform/practice.ts";
import { scripted } from "./terraform/scripted.ts";

const { addresses, firstTargets, bucket, lockKey } = incident.terraform;

let it: Practice;
beforeEach(async () => {
  it = await practice("stand-in", { locked: false });
  await terraformInit.run(it.place, await it.context());
});
afterEach(() => it.world.close());

async function plan(
  targets: readonly string[] = [...firstTargets],
  replace: readonly string[] = [addresses.taskDefinition],
) {
  const planning = terraformPlan.input.parse({ ...it.place, targets, replace });
  return terraformPlan.run(planning, await it.context());
}

async function input(
  planned: Awaited<ReturnType<typeof plan>>,
  tolerate: readonly string[] = [addresses.featureFlags],
) {
  return terraformApply.input.parse({ ...it.place, ...approvedPlan(planned), tolerate });
}

const registered = () => countChanges(it.world, "ecs:RegisterTaskDefinition");

test("a plan file that is not the approved one is not applied", async () => {
  const planned = await plan();
  const applying = await input(planned);
  await appendFile(planned.file, " ");
  await expect(terraformApply.run(applying, await it.context())).rejects.toMatchObject({
    code: "TERRAFORM_PLAN_CHANGED",
  });
  expect(await terraformApply.probe(applying, await it.context())).toMatchObject({ verdict: "not done" });
  expect(registered()).toBe(0);
});

test("an apply that ended before a crash is judged again from its record, without a second one", async () => {
  const planned = await plan();
  expect((await stat(planned.file)).mode & 0o777).toBe(0o600);
  const applying = await input(planned);
  const ctx = await durable(it);
  const before = await terraformApply.run(applying, ctx);
  expect(ctx.recorded.evidence.get("apply.command.json")).toMatchObject({
    args: expect.arrayContaining(["apply", "-json"]),
  });
  expect(ctx.recorded.evidence.get("apply.jsonl")).toBeInstanceOf(Uint8Array);
  expect(ctx.recorded.progress).toContainEqual(expect.stringMatching(/api: Creation complete/));
  expect(await terraformApply.run(applying, ctx)).toEqual(before);
  expect(registered()).toBe(1);
});

test("a failure that is not tolerated leaves the apply incomplete, with the whole table", async () => {
  const applying = await input(await plan(), []);
  const failing = terraformApply.run(applying, await it.context());
  await expect(failing).rejects.toMatchObject({
    code: "TERRAFORM_APPLY_INCOMPLETE",
    message: expect.stringMatching(/aws_ssm_parameter\.feature_flags failed/),
    data: {
      resources: expect.arrayContaining([
        expect.objectContaining({ address: addresses.taskDefinition, outcome: "applied" }),
        expect.objectContaining({ address: addresses.featureFlags, outcome: "failed", tolerated: false }),
      ]),
    },
  });
});

test("a wanted address that is neither planned nor in the state leaves the apply incomplete", async () => {
  const applying = { ...(await input(await plan())), wanted: [addresses.redisRule] };
  await expect(terraformApply.run(applying, await it.context())).rejects.toMatchObject({
    code: "TERRAFORM_APPLY_INCOMPLETE",
    message: expect.stringMatching(/redis_from_data_pipeline_ecs: It is not in the state/),
  });
});

test("a plan is claimed before it is applied, and the probe does not guess", async () => {
  const applying = await input(await plan());
  const ctx = await it.context({ claim: async (name) => Promise.reject(new Error(`${name} is taken`)) });
  await expect(terraformApply.run(applying, ctx)).rejects.toThrow(`plan:${applying.sha256} is taken`);
  expect(registered()).toBe(0);
  const probe = async () => terraformApply.probe(applying, ctx);
  expect(await probe()).toMatchObject({ verdict: "not done", why: expect.stringMatching(/unchanged/) });
  await registerFix();
  expect(await probe()).toMatchObject({
    verdict: "unknown",
    why: expect.stringMatching(/does not know of it/),
  });
  const body = JSON.stringify({ ID: incident.lock.id, Who: "a@b" });
  it.world.parts.seed.putObject({ bucket, key: lockKey, body });
  expect(await probe()).toMatchObject({ verdict: "unknown", why: expect.stringMatching(/locked by a@b/) });
});

test("a rule that terraform calls created and AWS does not show is not confirmed", async () => {
  const applying = await input(await plan([addresses.redisRule], []), []);
  it.world.parts.faults.add({
    operation: "ec2:DescribeSecurityGroupRules",
    kind: "error",
    code: "UnauthorizedOperation",
    status: 403,
    times: 9,
  });
  await expect(terraformApply.run(applying, await it.context())).rejects.toMatchObject({
    code: "TERRAFORM_APPLY_INCOMPLETE",
    data: { resources: [{ outcome: "applied" }] },
  });
});

test("a task definition that terraform takes for deleted and ECS calls active stops the plan", async () => {
  const change = { actions: ["delete"], before: { arn: arnOf(150) }, after: null };
  const drifted = { address: addresses.taskDefinition, type: "aws_ecs_task_definition", change };
  const stdout = JSON.stringify({
    format_version: "1.2",
    terraform_version: "1.11.4",
    resource_drift: [drifted],
  });
  const terraform = await scripted({ plan: {}, show: { stdout }, state: { stdout: "" } });
  const running = terraformPlan.run(terraformPlan.input.parse(it.place), await stepContext({ terraform }));
  await expect(running).rejects.toMatchObject({ code: "DRIFT_UNCONFIRMED", data: { arn: arnOf(150) } });
  it.world.parts.faults.add({
    operation: "sts:GetCallerIdentity",
    kind: "error",
    code: "ExpiredToken",
    status: 403,
    times: 3,
  });
  const again = terraformPlan.run(terraformPlan.input.parse(it.place), await stepContext({ terraform }));
  await expect(again).rejects.toMatchObject({ code: "CREDENTIALS_EXPIRED" });
});

test("a state that could not be saved is told with what was applied", async () => {
  const applying = await input(await plan([addresses.redisRule], []), []);
  it.world.parts.faults.add({ operation: "s3:PutObject", kind: "delay", seconds: 0, times: 1 });
  it.world.parts.faults.add({
    operation: "s3:PutObject",
    kind: "error",
    code: "AccessDenied",
    status: 403,
    times: 9,
  });
  const ctx = await it.context();
  await expect(terraformApply.run(applying, ctx)).rejects.toMatchObject({
    code: "TERRAFORM_STATE_UNSAVED",
    data: { resources: [{ address: addresses.redisRule, outcome: "applied" }] },
  });
  expect(await terraformApply.probe(applying, ctx)).toMatchObject({
    verdict: "unknown",
    why: expect.stringMatching(/errored\.tfstate/),
  });
});
