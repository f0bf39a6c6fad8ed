import { expect, test } from "vitest";
import type { JsonObject } from "../../src/model/json.ts";
import { factOf } from "../../src/report/facts.ts";
import { scribe, started } from "../support/made-events.ts";
import { did, made } from "./made-report.ts";

function fact(kind: string, output: JsonObject): string {
  const told = scribe();
  did(told, "look", { kind, output });
  return factOf(made(told).root.attempts[0]!);
}

test.each<readonly [string, JsonObject, string]>([
  [
    "logs.search",
    { from: "2025-10-07T13:00:00.000Z", to: "2025-10-07T13:05:00.000Z", count: 3, truncated: true },
    "at least 3 matches",
  ],
  ["elbv2.target-health", { healthy: 1, unhealthy: 2 }, "1 healthy, 2 unhealthy"],
  [
    "ecs.describe-task-definition",
    { arn: "arn:x:task-definition/api:3", secrets: [] },
    "api:3 has the secrets (none)",
  ],
  [
    "ecs.update-service",
    { deploymentId: "ecs-svc/1", taskDefinition: "a/api:3" },
    "ECS made deployment ecs-svc/1 of api:3",
  ],
  [
    "ecs.await-deployment",
    { outcome: "stalled", reason: "No task.", live: "" },
    "stalled: No task. Live revision: none.",
  ],
  [
    "ec2.security-group-ingress",
    { group: "sg-1", admitted: false, source: "sg-2", port: 443 },
    "sg-1 does not admit sg-2 on port 443",
  ],
  ["terraform.inspect-lock", { locked: false }, "nobody holds the lock"],
  [
    "terraform.inspect-lock",
    { locked: true },
    "held by an unknown holder (operation unknown) since an unknown time; holder judged unknown",
  ],
  ["terraform.force-unlock", { removed: false }, "the lock was gone already"],
  ["terraform.force-unlock", { removed: true }, "the lock was removed"],
  ["terraform.taint", {}, "tainted"],
  ["terraform.plan", { resources: [{}], sha256: "4f1c" }, "1 resource to change, saved plan SHA-256 4f1c"],
  [
    "terraform.apply",
    { resources: [{ outcome: "applied" }, { outcome: "unknown" }] },
    "1 applied, 1 unknown",
  ],
  ["notify.webhook", {}, "the receiver answered nothing"],
  [
    "http.probe",
    {
      ok: false,
      error: "refused",
      attempts: 2,
      assertions: [{ pass: false, what: "status", got: "none", expected: "200" }],
    },
    "no answer (refused) in ? ms, attempt 2, NOT as expected: status is none, expected 200",
  ],
  ["http.probe", { ok: true, status: 200, elapsedMs: 7 }, "HTTP 200 in 7 ms, as expected"],
  ["test.own", { anything: 1 }, "succeeded"],
  ["toString", {}, "succeeded"],
])("what %s found is told in a few words, and nothing that is not there", (kind, output, words) => {
  expect(fact(kind, output).replaceAll("\\", "")).toContain(words);
});

test("an attempt that did not succeed tells nothing of its output", () => {
  const { events, add } = scribe();
  add("step.started", started("look", "terraform.taint", {}));
  expect(factOf(made({ events }).root.attempts[0]!)).toBe("**NOT ENDED**");
  add("step.failed", {
    step: "look",
    attempt: 1,
    failure: { code: "AWS_THROTTLED", message: "slow" } as never,
  });
  expect(factOf(made({ events }).root.attempts[0]!)).toContain("**FAILED**");
  add("step.started", started("look", "terraform.taint", {}, 2));
  add("step.cancelled", { step: "look", attempt: 2, reason: "enough" });
  expect(factOf(made({ events }).root.attempts[1]!)).toBe("**CANCELLED**");
});
