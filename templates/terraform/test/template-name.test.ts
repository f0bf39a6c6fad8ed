import assert from "node:assert/strict";
import { test } from "node:test";
import { httpProbe, terraformApply, terraformInit, terraformPlan } from "runwright/steps";
import { everyPath, fake, simulate } from "runwright/testing";
import runbook from "../runbooks/template-name.ts";

const input = { dir: "/infra", region: "eu-central-1", url: "https://example.org/health" };
const address = "aws_ssm_parameter.flags";
const state = { serial: 7, lineage: "one-lineage" };
const terraform = { terraformVersion: "1.10.0", standIn: false };
const resource = { address, type: "aws_ssm_parameter", action: "create" } as const;
const digest = "a".repeat(64);
const planned = {
  ...terraform,
  ...state,
  file: "/plans/plan.tfplan",
  sha256: digest,
  binding: {
    files: digest,
    count: 3,
    terraform: { path: "/usr/bin/terraform", version: "1.10.0", sha256: digest },
    dir: "/infra",
    workspace: "default",
    backend: "s3://bucket/key",
    region: "eu-central-1",
    account: "000000000000",
  },
  resources: [{ ...resource, reason: "" }],
  drift: [],
  destroys: [],
  replacements: [],
  add: 1,
  change: 0,
  remove: 0,
  complete: true,
  applyable: true,
  changes: [],
};
const applied = {
  ...state,
  resources: [{ ...resource, outcome: "applied" as const, tolerated: false }],
  exitCode: 0,
  tolerated: [],
  confirmations: [],
};
const answered = { attempts: 1, elapsedMs: 12, body: "", assertions: [], error: null };
const steps = [
  fake(terraformInit, { ...terraform, backend: { type: "s3", location: null } }),
  fake(terraformPlan, planned, { ...planned, resources: [], add: 0, applyable: false }),
  fake(terraformApply, applied),
  fake(httpProbe, { ...answered, ok: true, status: 200 }, { ...answered, ok: false, status: 500 }),
];

test("the plan is applied once it is approved", async () => {
  const run = await simulate(runbook, { input, steps, answers: { approve: "approve" } });
  assert.equal(run.end, "succeeded");
  assert.deepEqual(run.effects, ["template-name/apply"]);
});

test("every path is walked, and none applies without an approval", async () => {
  const { paths, coverage } = await everyPath(runbook, { input, steps });
  assert.deepEqual(coverage.missing, []);
  assert.ok(paths.every(({ end }) => end !== "faulted"));
  const applies = paths.filter(({ path }) => path.includes("apply"));
  assert.ok(applies.every(({ answers }) => answers.includes("approve: approve")));
});
