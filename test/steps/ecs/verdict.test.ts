import { expect, test } from "vitest";
import type { DeploymentView } from "../../../src/steps/ecs/service.ts";
import { isSameDefinition, judge, type Observation } from "../../../src/steps/ecs/verdict.ts";

const family = "arn:aws:ecs:us-east-1:123456789012:task-definition/api";
const watched = { deploymentId: "ecs-svc/2", taskDefinition: `${family}:151` };

function deployment(more: Partial<DeploymentView>): DeploymentView {
  return {
    id: "ecs-svc/2",
    status: "PRIMARY",
    taskDefinition: `${family}:151`,
    rolloutState: "IN_PROGRESS",
    reason: "in progress",
    desired: 1,
    running: 0,
    pending: 0,
    failed: 0,
    createdAt: new Date("2025-10-07T13:58:00Z"),
    ...more,
  };
}

const old = (more: Partial<DeploymentView> = {}) =>
  deployment({
    id: "ecs-svc/1",
    taskDefinition: `${family}:150`,
    rolloutState: "COMPLETED",
    running: 1,
    ...more,
  });

function observation(deployments: readonly DeploymentView[], more: Partial<Observation> = {}): Observation {
  return { serviceStatus: "ACTIVE", rollsBack: true, deployments, events: [], record: undefined, ...more };
}

const event = (message: string) => ({ id: "e", at: new Date(), message });

test("COMPLETED with too few tasks running is not yet completed", () => {
  const state = { rolloutState: "COMPLETED", desired: 2, running: 1 };
  expect(judge(watched, observation([deployment(state)]), true)).toEqual({ kind: "going" });
  expect(judge(watched, observation([deployment({ ...state, running: 2 })]), true)).toMatchObject({
    kind: "decided",
    outcome: "completed",
  });
});

test("a stable service on the old revision is never a completed deployment", () => {
  expect(judge(watched, observation([old()]), true)).toMatchObject({
    kind: "decided",
    outcome: "superseded",
  });
});

test("a deployment that ECS does not show yet is waited for", () => {
  expect(judge(watched, observation([old()]), false)).toEqual({ kind: "going" });
});

test("a FAILED deployment in first place may still be rolled back, unless the service does not do that", () => {
  const failed = [deployment({ rolloutState: "FAILED", reason: "tasks failed to start" })];
  expect(judge(watched, observation(failed), true)).toMatchObject({ kind: "failing", outcome: "failed" });
  expect(judge(watched, observation(failed, { rollsBack: false }), true)).toMatchObject({
    kind: "decided",
    outcome: "failed",
    reason: "tasks failed to start",
  });
});

test("a rollback under way is certain but not over", () => {
  const deployments = [
    old({ id: "ecs-svc/3", rolloutState: "IN_PROGRESS", running: 0 }),
    deployment({ status: "ACTIVE", rolloutState: "FAILED", reason: "tasks failed to start" }),
  ];
  expect(judge(watched, observation(deployments), true)).toEqual({
    kind: "failing",
    outcome: "rolledBack",
    reason: "tasks failed to start",
  });
});

test("an event that names the deployment as failed is enough when the deployment is gone", () => {
  const events = [event("(service api) (deployment ecs-svc/2) deployment failed: tasks failed to start.")];
  expect(judge(watched, observation([old()], { events }), true)).toMatchObject({ outcome: "rolledBack" });
  const others = [event("(service api) (deployment ecs-svc/22) deployment failed: tasks failed to start.")];
  expect(judge(watched, observation([old()], { events: others }), true)).toMatchObject({
    outcome: "superseded",
  });
});

test("ECS's own record decides between a rollback and a newer deployment", () => {
  const primary = old({ reason: "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1." });
  const judged = (status: "ROLLBACK_SUCCESSFUL" | "STOPPED" | "ROLLBACK_FAILED" | undefined) =>
    judge(watched, observation([primary], { record: status && { status } }), true);
  expect(judged("ROLLBACK_SUCCESSFUL")).toMatchObject({ outcome: "rolledBack" });
  expect(judged(undefined)).toMatchObject({ outcome: "rolledBack" });
  expect(judged("STOPPED")).toMatchObject({ outcome: "superseded" });
  expect(judged("ROLLBACK_FAILED")).toMatchObject({ outcome: "failed" });
});

test("a deployment that somebody stopped is failed", () => {
  const record = { status: "STOPPED", statusReason: "Stopped by a person." } as const;
  expect(judge(watched, observation([deployment({})], { record }), true)).toMatchObject({
    outcome: "failed",
    reason: "Stopped by a person.",
  });
});

test("a service that is being deleted completes nothing", () => {
  const done = [deployment({ rolloutState: "COMPLETED", running: 1 })];
  expect(judge(watched, observation(done, { serviceStatus: "DRAINING" }), true)).toMatchObject({
    outcome: "failed",
  });
});

test("a revision may be named by its ARN or by family and number", () => {
  expect(isSameDefinition(`${family}:151`, "api:151")).toBe(true);
  expect(isSameDefinition(`${family}:151`, `${family}:151`)).toBe(true);
  expect(isSameDefinition(`${family}:151`, "api:15")).toBe(false);
  expect(isSameDefinition(`${family}:151`, "pi:151")).toBe(false);
});
