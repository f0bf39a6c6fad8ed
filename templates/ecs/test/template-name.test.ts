import assert from "node:assert/strict";
import { test } from "node:test";
import { awaitDeployment, describeTaskDefinition, httpProbe, updateService } from "runwright/steps";
import { everyPath, fake, simulate } from "runwright/testing";
import runbook from "../runbooks/template-name.ts";

const arn = "arn:aws:ecs:eu-central-1:000000000000:task-definition/api:7";
const at = "2025-01-01T00:20:00.000Z";
const input = { region: "eu-central-1", cluster: "main", service: "api", url: "https://example.org/health" };
const rolledOut = {
  deploymentId: "ecs-svc/1",
  expected: arn,
  live: arn,
  running: 1,
  desired: 1,
  failedTasks: 0,
  reason: "",
  events: [],
  stopReasons: [],
  lastChangeAt: at,
};
const answered = { attempts: 1, elapsedMs: 12, body: "", assertions: [], error: null };
const steps = [
  fake(describeTaskDefinition, {
    arn,
    family: "api",
    revision: 7,
    status: "ACTIVE",
    secrets: [],
    containers: [],
  }),
  fake(updateService, {
    deploymentId: "ecs-svc/1",
    taskDefinition: arn,
    previousTaskDefinition: arn,
    createdAt: at,
  }),
  fake(awaitDeployment, { ...rolledOut, outcome: "completed" }, { ...rolledOut, outcome: "failed" }),
  fake(httpProbe, { ...answered, ok: true, status: 200 }, { ...answered, ok: false, status: 500 }),
];

test("it deploys once that is approved", async () => {
  const run = await simulate(runbook, { input, steps, answers: { approve: "approve" } });
  assert.equal(run.end, "succeeded");
  assert.deepEqual(run.effects, ["template-name/deploy"]);
});

test("every path is walked, and none deploys without an approval", async () => {
  const { paths, coverage } = await everyPath(runbook, { input, steps });
  assert.deepEqual(coverage.missing, []);
  assert.ok(paths.every(({ end }) => end !== "faulted"));
  const deployed = paths.filter(({ path }) => path.includes("deploy"));
  assert.ok(deployed.every(({ answers }) => answers.includes("approve: approve")));
});
