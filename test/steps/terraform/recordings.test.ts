import { digestOf } from "../../../src/model/json.ts";
import { binding } from "../../support/binding.ts";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { tableOf, tabulate } from "../../../src/steps/terraform/apply-table.ts";
import { diagnosticsOf, codeFor, terraformFailure } from "../../../src/steps/terraform/failure.ts";
import { fromObject } from "../../../src/steps/terraform/lock-record.ts";
import { maskedPlan } from "../../../src/steps/terraform/mask.ts";
import { PlanJson } from "../../../src/steps/terraform/plan-json.ts";
import { summarise } from "../../../src/steps/terraform/plan-summary.ts";
import { planForReview } from "../../../src/steps/terraform/review.ts";
import { progressLine, readStream } from "../../../src/steps/terraform/stream.ts";

const read = (name: string) =>
  readFileSync(path.resolve("test/fixtures/terraform", `recorded-${name}`), "utf8");

function table(name: string, exitCode: number, tolerate: readonly string[] = []) {
  return tableOf({ stdout: read(name), stderr: "", exitCode }, tolerate);
}

const outcomes = (rows: ReturnType<typeof table>) =>
  Object.fromEntries(rows.map((row) => [row.address, row.outcome]));

test("a partial apply gives a row for each planned change, with the reason of what failed", () => {
  const rows = table("apply-partial.jsonl", 1, ["aws_ssm_parameter.feature_flags"]);
  expect(outcomes(rows)).toEqual({
    "aws_ecs_task_definition.api": "applied",
    "aws_security_group_rule.redis_from_data_pipeline_ecs[0]": "applied",
    "aws_security_group_rule.redis_from_bastion[0]": "failed",
    "aws_ssm_parameter.feature_flags[0]": "failed",
  });
  expect(rows.find(({ type }) => type === "aws_ssm_parameter")).toMatchObject({
    tolerated: true,
    error: expect.stringMatching(/ParameterAlreadyExists/),
  });
  expect(rows.find(({ address }) => address.includes("bastion"))).toMatchObject({
    tolerated: false,
    error: expect.stringMatching(/Duplicate/),
  });
});

test("what a killed apply had begun and not ended is unknown", () => {
  expect(outcomes(table("kill9.jsonl", 137))).toMatchObject({
    "aws_ecs_task_definition.api": "unknown",
    "aws_security_group_rule.redis_from_data_pipeline_ecs[0]": "applied",
  });
});

test("an apply cut off in the middle of a line loses only that line", () => {
  const text = read("kill9.jsonl");
  expect(readStream(text.slice(0, -40))).toHaveLength(readStream(text).length - 1);
});

test("a call that an interruption cancelled is unknown, because AWS may have carried it out", () => {
  const planned = [{ address: "aws_x.y", type: "aws_x", action: "create" }] as const;
  const messages = [
    { type: "started", text: "", address: "aws_x.y", action: "create" },
    { type: "errored", text: "", address: "aws_x.y", action: "create" },
  ] as const;
  const summary = "creating X: https response error StatusCode: 0, RequestID: , canceled, context canceled";
  const diagnostics = [{ summary, detail: "", address: "aws_x.y" }];
  expect(tabulate({ planned, messages, diagnostics, exitCode: 1, tolerate: [] })[0]?.outcome).toBe("unknown");
});

test("half a replacement is a failure and what was never begun is untouched", () => {
  const planned = [
    { address: "aws_x.y", type: "aws_x", action: "replace" },
    { address: "aws_x.z", type: "aws_x", action: "create" },
  ] as const;
  const messages = [
    { type: "started", text: "", address: "aws_x.y", action: "delete" },
    { type: "completed", text: "", address: "aws_x.y", action: "delete" },
  ] as const;
  const rows = tabulate({ planned, messages, diagnostics: [], exitCode: 1, tolerate: [] });
  expect(rows.map(({ outcome }) => outcome)).toEqual(["failed", "untouched"]);
});

test("a state that could not be saved comes before the refusal that caused it", () => {
  expect(codeFor(diagnosticsOf({ stdout: read("errored-apply.jsonl"), stderr: "" }))).toBe(
    "TERRAFORM_STATE_UNSAVED",
  );
});

test("a lock error names the holder, from the stream and from the text of commands without one", () => {
  const streamed = diagnosticsOf({ stdout: read("locked-plan.jsonl"), stderr: "" });
  const [first] = streamed;
  const stderr = `\nError: ${first?.summary}\n\n${first?.detail}`;
  for (const diagnostics of [streamed, diagnosticsOf({ stdout: "", stderr })]) {
    const failure = terraformFailure("terraform plan", { dir: "/d", exitCode: 1 }, diagnostics);
    expect(failure).toMatchObject({
      code: "TERRAFORM_LOCKED",
      message:
        "`terraform plan` could not start: the state of /d is locked by root@vm (apply) since 2026-11-22T19:05:01.087Z.",
      data: {
        lock: {
          id: "a3abdb2c-12e9-1ef6-d152-a2be4c01a710",
          path: "hokusai-tfstate/development/terraform.tfstate",
        },
      },
    });
  }
});

test("a lock object that cannot be read is a lock of an unknown holder", () => {
  for (const text of ["", "{}", '{"Created":"0001-01-01T00:00:00Z"}']) {
    expect(fromObject(text)).toMatchObject({ id: null, who: null, created: null });
  }
});

const plan = PlanJson.parse(JSON.parse(read("show-plan.json")));

test("a plan is summed up without what only looks like drift", () => {
  const summary = summarise(plan);
  expect(summary).toMatchObject({
    add: 4,
    change: 0,
    remove: 1,
    replacements: ["aws_ecs_task_definition.api"],
    destroys: [],
    complete: true,
    applyable: true,
  });
  expect(summary.drift.map(({ address }) => address)).toEqual(["aws_security_group.redis"]);
  expect(summary.resources.map(({ action }) => action).toSorted()).toEqual([
    "create",
    "create",
    "create",
    "replace",
  ]);
});

test("a review shows the secrets before and after by name and binds to the digest", () => {
  const review = planForReview({
    ...summarise(plan),
    sha256: "ab",
    serial: 7,
    terraformVersion: "1.11.4",
    standIn: true,
    binding,
  });
  expect(review).toMatchObject({
    summary: "1 to replace, 3 to add",
    risk: "high",
    verb: "apply",
    subject: {
      plan: "ab",
      serial: 7,
      terraform: "stand-in for 1.11.4",
      files: "3",
      binding: digestOf(binding),
    },
  });
  expect(review.lines).toContain("    secrets: + HUGGINGFACE_API_KEY, 3 as before");
});

test("neither evidence nor review holds a sensitive value or a variable of a container's environment", () => {
  const text = read("show-plan.json")
    .replaceAll('"value":"{}"', '"value":"canary-sensitive"')
    .replaceAll('\\"value\\":\\"development\\"', '\\"value\\":\\"canary-environment\\"');
  const planted = PlanJson.parse(JSON.parse(text));
  expect(JSON.stringify(planted)).toMatch(/canary-sensitive[\s\S]*/);
  expect(JSON.stringify(planted)).toContain("canary-environment");
  const shown = new TextDecoder().decode(maskedPlan(planted)) + JSON.stringify(summarise(planted));
  expect(shown).not.toContain("canary");
  expect(shown).toContain("[sensitive]");
});

test("a changed variable of a container is named without its values", () => {
  const text = read("show-plan.json").replace(
    /("after":\{"container_definitions":"[^"\\]*(?:\\.[^"\\]*)*?\\"value\\":\\")development/,
    "$1canary",
  );
  const detail = summarise(PlanJson.parse(JSON.parse(text))).changes.find(({ secrets }) => secrets !== null);
  expect(detail?.attributes[0]).toEqual({
    name: "api.environment.ENVIRONMENT",
    before: "[value not shown]",
    after: "[another value, not shown]",
  });
});

test("a person reads what happens to resources, and not every refresh", () => {
  const lines = read("apply-partial.jsonl").split("\n").map(progressLine);
  expect(lines).toContain(
    "aws_ecs_task_definition.api: Creation complete after 0s [id=hokusai-api-development]",
  );
  expect(lines.every((line) => line === undefined || !line.includes("\n"))).toBe(true);
});
