import { expect, test } from "vitest";
import type { JsonObject } from "../../src/model/json.ts";
import { outcomeText } from "../../src/model/outcome-text.ts";

const sha256 = "4f1c".repeat(16);
const live = "arn:aws:ecs:eu-west-1:123456789012:task-definition/payments:42";

test.each<readonly [kind: string, output: JsonObject, text: string, good: boolean]>([
  ["terraform.init", { terraformVersion: "1.9.8" }, "terraform 1.9.8", true],
  ["terraform.inspect-lock", { locked: false }, "not locked", true],
  [
    "terraform.inspect-lock",
    { locked: true, who: "ana@host", verdict: "alive" },
    "held by ana@host, who is alive",
    false,
  ],
  ["terraform.inspect-lock", { locked: true }, "held by an unknown holder, who is unknown", false],
  ["terraform.force-unlock", { removed: true }, "the lock is removed", true],
  ["terraform.force-unlock", { removed: false }, "the lock was gone already", true],
  [
    "terraform.taint",
    { address: "aws_instance.a", alreadyTainted: false },
    "aws_instance.a is tainted",
    true,
  ],
  [
    "terraform.taint",
    { address: "aws_instance.a", alreadyTainted: true },
    "aws_instance.a was tainted already",
    true,
  ],
  ["terraform.plan", { sha256 }, "no changes, sha 4f1c4f1c", true],
  [
    "terraform.plan",
    { sha256, replacements: ["a"], add: 3, change: 1, drift: ["b"], destroys: [] },
    "1 to replace, 2 to add, 1 to change, 1 drifted, sha 4f1c4f1c",
    true,
  ],
  ["terraform.plan", { sha256, destroys: ["a"] }, "1 to destroy, sha 4f1c4f1c", false],
  ["terraform.apply", { resources: [], tolerated: [] }, "0 applied", true],
  [
    "terraform.apply",
    {
      resources: [{ outcome: "applied" }, { outcome: "failed" }, { outcome: "untouched" }],
      tolerated: ["x"],
    },
    "1 applied, 1 failed, 1 untouched (1 tolerated)",
    false,
  ],
  [
    "ecs.await-deployment",
    { outcome: "completed", live, running: 2, desired: 2 },
    "completed, payments:42, 2/2 running",
    true,
  ],
  ["ecs.await-deployment", { outcome: "rolledBack", reason: "no health" }, "ROLLED BACK: no health", false],
  ["ecs.await-deployment", { outcome: "unknown", reason: "" }, "UNKNOWN", false],
  ["logs.search", { count: 1, truncated: false }, "1 match", true],
  ["logs.search", { count: 500, truncated: true }, "at least 500 matches", true],
  ["http.probe", { ok: true, status: 200, attempts: 1 }, "HTTP 200, as expected", true],
  [
    "http.probe",
    { ok: false, error: "refused", attempts: 3 },
    "no answer: refused after 3 attempts, NOT as expected",
    false,
  ],
  ["elbv2.target-health", { healthy: 2, unhealthy: 0 }, "2 healthy, 0 unhealthy", true],
  ["elbv2.target-health", { healthy: 0, unhealthy: 0 }, "0 healthy, 0 unhealthy", false],
])("what came of %s with %o is: %s", (kind, output, text, good) => {
  expect(outcomeText(kind, output)).toEqual({ text, good });
});

test("of a kind that is not known, or whose output is no object, nothing is said", () => {
  for (const kind of [null, "own.kind", "toString"]) expect(outcomeText(kind, { ok: true })).toBeUndefined();
  expect(outcomeText("http.probe", null)).toBeUndefined();
});
