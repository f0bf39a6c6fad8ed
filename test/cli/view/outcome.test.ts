import { expect, test } from "vitest";
import { outcomeText } from "../../../src/model/outcome-text.ts";
import { planOutput } from "./story.ts";

test.for([
  ["terraform.plan", planOutput, "1 to replace, 1 to add, sha 9c1f0a7e", true],
  [
    "terraform.plan",
    { sha256: "ab".repeat(32), destroys: ["a"], drift: [{}] },
    "1 to destroy, 1 drifted, sha abababab",
    false,
  ],
  ["terraform.plan", { sha256: "ab".repeat(32) }, "no changes, sha abababab", true],
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
    { outcome: "completed", live: "arn:x/api:151", running: 1, desired: 1 },
    "completed, api:151, 1/1 running",
    true,
  ],
  [
    "ecs.await-deployment",
    { outcome: "rolledBack", reason: "api:150 runs again" },
    "ROLLED BACK: api:150 runs again",
    false,
  ],
  ["http.probe", { ok: true, status: 200, attempts: 1 }, "HTTP 200, as expected", true],
  [
    "http.probe",
    { ok: false, status: null, error: "timed out", attempts: 3 },
    "no answer: timed out after 3 attempts, NOT as expected",
    false,
  ],
  ["terraform.inspect-lock", { locked: true, who: "ci", verdict: "dead" }, "held by ci, who is dead", false],
  ["logs.search", { count: 1, truncated: false }, "1 match", true],
  ["elbv2.target-health", { healthy: 1, unhealthy: 1 }, "1 healthy, 1 unhealthy", false],
  [
    "ec2.security-group-ingress",
    { admitted: true, group: "sg-1", source: "sg-2", port: 6379 },
    "sg-1 admits sg-2 on 6379",
    true,
  ],
] as const)("%s: %o", ([kind, output, text, good]) => {
  expect(outcomeText(kind, output)).toEqual({ text, good });
});

test("where nothing is obvious nothing is said", () => {
  expect(outcomeText("company.own", { anything: 1 })).toBeUndefined();
  expect(outcomeText(null, {})).toBeUndefined();
  expect(outcomeText("http.probe", null)).toBeUndefined();
  expect(outcomeText("constructor", {})).toBeUndefined();
});
