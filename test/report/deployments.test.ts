import { expect, test } from "vitest";
import { deploymentsOf } from "../../src/report/deployments.ts";
import { reportOf } from "../../src/report/record.ts";
import { scribe, started } from "../support/made-events.ts";

const arn = "arn:aws:ecs:us-east-1:1:task-definition/api:151";
const old = "arn:aws:ecs:us-east-1:1:task-definition/api:150";

/** What the report says of one deployment whose watch ended like this. */
function verdict(watched: { readonly [key: string]: string } | null, id = "ecs-svc/1"): string | undefined {
  const { events, add } = scribe();
  add("step.started", started("deploy", "ecs.update-service", {}));
  const output = { deploymentId: "ecs-svc/1", taskDefinition: arn };
  add("step.succeeded", { step: "deploy", attempt: 1, output });
  if (watched !== null) {
    add("step.started", started("rollout", "ecs.await-deployment", { deploymentId: id }));
    const seen = { deploymentId: id, expected: arn, live: arn, reason: "", ...watched };
    add("step.succeeded", { step: "rollout", attempt: 1, output: seen });
  }
  const verified = { events: 0, head: null, checks: [] };
  return deploymentsOf(reportOf({ events: [events], artifact: async () => Buffer.alloc(0), verified }))[0]
    ?.verdict;
}

test("a deployment passed only when that deployment of that revision was seen to complete", () => {
  expect(verdict({ outcome: "completed" })).toBe("PASSED");
  expect(verdict({ outcome: "completed", live: old })).toBe("UNKNOWN");
  expect(verdict({ outcome: "completed", expected: old })).toBe("UNKNOWN");
  expect(verdict({ outcome: "completed" }, "ecs-svc/2")).toBe("NOT AWAITED");
});

test("every other end has its own name", () => {
  expect(verdict({ outcome: "rolledBack", live: old })).toBe("ROLLED BACK");
  expect(verdict({ outcome: "superseded" })).toBe("SUPERSEDED");
  expect(verdict({ outcome: "stalled" })).toBe("STALLED");
  expect(verdict({ outcome: "failed" })).toBe("FAILED");
  expect(verdict(null)).toBe("NOT AWAITED");
});
