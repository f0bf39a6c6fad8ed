import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { terraformApply } from "../../src/steps/terraform-apply.ts";
import { terraformInit } from "../../src/steps/terraform-init.ts";
import { terraformPlan } from "../../src/steps/terraform-plan.ts";
import { terraformTaint } from "../../src/steps/terraform-taint.ts";
import { RunbookError } from "../../src/model/error.ts";
import { binding } from "../support/binding.ts";
import { stepContext } from "../support/step-context.ts";
import { temporary } from "../support/terraform.ts";
import { type Answer, jsonError, scripted } from "./terraform/scripted.ts";

const nothing = { targets: [], replace: [], refresh: true };

async function planning(plan: Answer) {
  const dir = temporary("empty");
  const ctx = await stepContext({ terraform: await scripted({ plan }) });
  return terraformPlan.run({ dir, workspace: "default", ...nothing }, ctx);
}

test.each([
  [
    "TERRAFORM_BACKEND_CHANGED",
    'Backend initialization required: please run "terraform init"',
    "Reason: Backend configuration block has changed",
  ],
  [
    "TERRAFORM_BACKEND_CHANGED",
    "Backend configuration changed",
    "A change in the backend configuration has been detected.",
  ],
  [
    "TERRAFORM_INIT_NEEDED",
    'Backend initialization required, please run "terraform init"',
    "Reason: Initial configuration of the requested backend",
  ],
  [
    "TERRAFORM_INIT_NEEDED",
    "Inconsistent dependency lock file",
    "The following dependency selections are missing.",
  ],
  ["TERRAFORM_INIT_NEEDED", "Required plugins are not installed", ""],
  [
    "CREDENTIALS_EXPIRED",
    "error loading state",
    "Unable to list objects: operation error S3: ListObjectsV2, api error ExpiredToken: The provided token has expired.",
  ],
  [
    "CREDENTIALS_EXPIRED",
    "Error acquiring the state lock",
    "operation error S3: PutObject, StatusCode: 400, api error ExpiredToken: The provided token has expired.",
  ],
  [
    "CREDENTIALS_MISSING",
    "No valid credential sources found",
    "Please see the documentation of the backend.",
  ],
  [
    "ACCESS_DENIED",
    "Error acquiring the state lock",
    "operation error S3: PutObject, StatusCode: 403, api error AccessDenied: Access Denied",
  ],
  [
    "ACCESS_DENIED",
    "reading EC2 Security Group",
    "api error UnauthorizedOperation: You are not authorized to perform this operation.",
  ],
  [
    "AWS_THROTTLED",
    "creating ECS Task Definition (x)",
    "exceeded maximum number of attempts, 2, ThrottlingException: Rate exceeded",
  ],
  ["AWS_UNREACHABLE", "error loading state", "dial tcp 127.0.0.1:1: connect: connection refused"],
  ["TERRAFORM_FAILED", "Unsupported argument", 'An argument named "colour" is not expected here.'],
] as const)("%s is what a plan fails with when terraform says: %s", async (code, summary, detail) => {
  await expect(planning({ stdout: jsonError(summary, detail), exit: 1 })).rejects.toMatchObject({
    code,
    data: { diagnostics: [{ summary, detail, address: null }], exitCode: 1 },
  });
});

test("an unknown error is told with the last thing that terraform said and where", async () => {
  const stdout = jsonError("Reference to undeclared resource", "A managed resource is missing.", "aws_x.y");
  const error = await planning({ stdout, exit: 1 }).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(RunbookError);
  expect(String(error)).toMatch(
    /`terraform plan` in \/.*: aws_x\.y: Reference to undeclared resource\. A managed/,
  );
});

test("a terraform that says nothing at all still gives an error with its exit code", async () => {
  await expect(planning({ exit: 137 })).rejects.toMatchObject({
    code: "TERRAFORM_FAILED",
    message: expect.stringMatching(/exit code 137/),
  });
});

test("a terraform older than 1.10 is refused before anything else is asked of it", async () => {
  const terraform = await scripted({ version: { stdout: '{"terraform_version":"1.9.8"}' } });
  const running = terraformInit.run(
    { dir: temporary("empty"), workspace: "default" },
    await stepContext({ terraform }),
  );
  await expect(running).rejects.toMatchObject({ code: "TERRAFORM_TOO_OLD", data: { version: "1.9.8" } });
});

test("a directory that is not there is refused by name", async () => {
  const running = terraformInit.run({ dir: "/nowhere/at/all", workspace: "default" }, await stepContext());
  await expect(running).rejects.toMatchObject({
    code: "TERRAFORM_DIR_MISSING",
    message: expect.stringMatching(/\/nowhere\/at\/all/),
  });
});

test("a missing terraform is the engine's own error, passed on", async () => {
  const missing = new RunbookError("TERRAFORM_MISSING", "There is no terraform.");
  const ctx = await stepContext({ tool: async () => Promise.reject(missing) });
  const running = terraformInit.run({ dir: temporary("empty"), workspace: "default" }, ctx);
  await expect(running).rejects.toBe(missing);
});

test("a taint of an address that the state does not have names the address", async () => {
  const stderr =
    "\nError: No such resource instance\n\nThere is no resource instance in the state with the\naddress aws_x.y.\n";
  const state = { stdout: '{"version":4,"serial":3,"lineage":"l","resources":[]}' };
  const terraform = await scripted({ state, taint: { stderr, exit: 1 } });
  const input = { dir: temporary("empty"), workspace: "default", address: "aws_x.y" };
  await expect(terraformTaint.run(input, await stepContext({ terraform }))).rejects.toMatchObject({
    code: "TERRAFORM_RESOURCE_UNKNOWN",
    message: expect.stringMatching(/aws_x\.y/),
  });
});

test("neither plan nor apply begins beside a state that was not saved", async () => {
  const dir = temporary("errored");
  await writeFile(path.join(dir, "errored.tfstate"), "{}");
  const terraform = await scripted({});
  const ctx = await stepContext({ terraform, startedAt: new Date(Date.now() + 60_000) });
  const place = { dir, workspace: "default" };
  await expect(terraformPlan.run({ ...place, ...nothing }, ctx)).rejects.toMatchObject({
    code: "TERRAFORM_STATE_UNSAVED",
  });
  const input = {
    ...place,
    plan: "/nowhere",
    sha256: "0".repeat(64),
    serial: 1,
    lineage: "l",
    binding,
    tolerate: [],
  };
  await expect(terraformApply.run(input, ctx)).rejects.toMatchObject({
    code: "TERRAFORM_STATE_UNSAVED",
  });
});

test("a plan that ignores a target or a replacement is refused with the addresses", async () => {
  const show = { stdout: '{"format_version":"1.2","terraform_version":"1.11.4","resource_changes":[]}' };
  const state = { stdout: "" };
  const ctx = await stepContext({ terraform: await scripted({ plan: {}, show, state }) });
  const input = {
    dir: temporary("empty"),
    workspace: "default",
    targets: ["aws_x.tpyo"],
    replace: ["aws_x.z"],
    refresh: true,
  };
  await expect(terraformPlan.run(input, ctx)).rejects.toMatchObject({
    code: "TERRAFORM_RESOURCE_UNKNOWN",
    data: { addresses: ["aws_x.tpyo", "aws_x.z"] },
  });
});

test("an input that could become a flag is refused", () => {
  expect(terraformTaint.input.safeParse({ dir: "d", address: "-allow-missing" }).success).toBe(false);
  expect(terraformPlan.input.safeParse({ dir: "d", workspace: "-x" }).success).toBe(false);
});
