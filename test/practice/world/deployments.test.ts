import { describe, expect, test } from "vitest";
import { handleApp, REDIS_TIMEOUT } from "../../../src/practice/world/account/app.ts";
import {
  allowRedis,
  createIncident,
  deploy,
  describeService,
  HERE,
  TARGET_GROUP,
  type TestWorld,
} from "./ecs-world.ts";

function states(one: TestWorld): string[] {
  return one.targets().map((target) => target.state);
}

function newestRecord(one: TestWorld) {
  const [brief] = one.call("ListServiceDeployments", HERE).serviceDeployments;
  return one.call("DescribeServiceDeployments", { serviceDeploymentArns: [brief!.serviceDeploymentArn] })
    .serviceDeployments[0]!;
}

function stopped(one: TestWorld) {
  const { taskArns } = one.call("ListTasks", {
    cluster: HERE.cluster,
    serviceName: HERE.service,
    desiredStatus: "STOPPED",
  });
  return one.call("DescribeTasks", { cluster: HERE.cluster, tasks: taskArns }).tasks;
}

async function predict(one: TestWorld): Promise<{ status: number; body: string }> {
  const answer = handleApp(
    {
      method: "POST",
      path: "/api/v1/models/21/predict",
      headers: { Authorization: "Bearer made-up" },
      body: "{}",
    },
    one.world,
  );
  one.time.pass(30);
  return await answer;
}

test("the incident's story: 151 fails, ECS rolls back to 150, the rule is added, 151 is deployed again and predicts", async () => {
  const one = createIncident();
  expect(await predict(one)).toMatchObject({
    status: 500,
    body: '{"detail":"HuggingFace token not configured"}',
  });

  const first = deploy(one, 151);
  expect(first).toMatchObject({
    status: "PRIMARY",
    rolloutState: "IN_PROGRESS",
    desiredCount: 1,
    pendingCount: 1,
  });
  one.time.pass(25);
  expect(await predict(one)).toMatchObject({ status: 504 });

  one.time.pass(175);
  expect(describeService(one).deployments).toMatchObject([
    {
      status: "PRIMARY",
      rolloutState: "IN_PROGRESS",
      taskDefinition: expect.stringMatching(/:150$/),
      runningCount: 1,
    },
    { id: first.id, status: "ACTIVE", rolloutState: "FAILED", failedTasks: 3 },
    { status: "ACTIVE", rolloutState: "COMPLETED" },
  ]);
  expect(newestRecord(one)).toMatchObject({
    status: "ROLLBACK_IN_PROGRESS",
    deploymentCircuitBreaker: { status: "TRIGGERED", failureCount: 3, threshold: 3 },
  });
  one.time.pass(60);
  const [only, ...others] = describeService(one).deployments;
  expect(others).toEqual([]);
  expect(only).toMatchObject({ rolloutState: "COMPLETED", taskDefinition: expect.stringMatching(/:150$/) });
  expect(newestRecord(one)).toMatchObject({
    status: "ROLLBACK_SUCCESSFUL",
    rollback: { reason: expect.any(String) },
  });
  expect(stopped(one)).toHaveLength(3);
  expect(await predict(one)).toMatchObject({ status: 500 });

  allowRedis(one);
  const second = deploy(one, 151);
  one.time.pass(95);
  expect(describeService(one).deployments).toMatchObject([
    { id: second.id, status: "PRIMARY", rolloutState: "COMPLETED", runningCount: 1, pendingCount: 0 },
  ]);
  const answer = await predict(one);
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body)).toMatchObject({
    model_id: "21",
    prediction: { lead_score: 70, recommendation: "Hot" },
  });
  // The rollback is ECS's own doing, not a call.
  expect(one.ledger()).toEqual(["ecs:RegisterTaskDefinition", "ecs:UpdateService", "ecs:UpdateService"]);
});

describe("a rollout that fails", () => {
  test("stops each failing task with the reason, the log line and the event that an operator would look for", () => {
    const one = createIncident();
    deploy(one, 151);
    one.time.pass(70);
    expect(stopped(one)).toMatchObject([
      {
        lastStatus: "STOPPED",
        desiredStatus: "STOPPED",
        stopCode: "ServiceSchedulerInitiated",
        stoppedReason: `Task failed ELB health checks in (target-group ${TARGET_GROUP})`,
      },
    ]);
    expect(one.logs.filter(({ message }) => message === REDIS_TIMEOUT)).toHaveLength(3);
    expect(describeService(one).events.map((event) => event.message)).toContainEqual(
      expect.stringContaining("failed ELB health checks"),
    );
  });

  test("keeps the old task running beside the failing ones", () => {
    const one = createIncident();
    deploy(one, 151);
    for (let passed = 0; passed < 260; passed += 10) {
      expect(states(one)).toContain("healthy");
      one.time.pass(10);
    }
    expect(states(one)).toEqual(["healthy"]);
  });

  test("goes on after the rule is added, because health is asked of the live rules", () => {
    const one = createIncident();
    const deployment = deploy(one, 151);
    one.time.pass(100);
    allowRedis(one);
    one.time.pass(100);
    expect(describeService(one).deployments).toMatchObject([
      { id: deployment.id, rolloutState: "COMPLETED", failedTasks: 1 },
    ]);
  });

  test("is not rolled back without a circuit breaker", () => {
    const one = createIncident({ deploymentConfiguration: {} });
    const deployment = deploy(one, 151);
    one.time.pass(600);
    expect(describeService(one).deployments[0]).toMatchObject({
      id: deployment.id,
      rolloutState: "IN_PROGRESS",
    });
    expect(newestRecord(one).deploymentCircuitBreaker.status).toBe("DISABLED");
  });

  test("is given up without a rollback when none is wanted", () => {
    const one = createIncident({
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
    });
    const deployment = deploy(one, 151);
    one.time.pass(600);
    expect(describeService(one).deployments[0]).toMatchObject({
      id: deployment.id,
      rolloutState: "FAILED",
      runningCount: 0,
    });
    expect(newestRecord(one)).toMatchObject({
      status: "STOPPED",
      deploymentCircuitBreaker: { status: "TRIGGERED" },
    });
    expect(states(one)).toEqual(["healthy"]);
  });

  test("tolerates more failures the more tasks are wanted, and then brings all of them back", () => {
    const one = createIncident({ desiredCount: 10 });
    deploy(one, 151);
    expect(newestRecord(one).deploymentCircuitBreaker.threshold).toBe(5);
    one.time.pass(300);
    expect(describeService(one)).toMatchObject({
      runningCount: 10,
      deployments: [{ rolloutState: "COMPLETED" }],
    });
    expect(newestRecord(one).status).toBe("ROLLBACK_SUCCESSFUL");
  });
});

describe("a rollout that succeeds", () => {
  test("goes from initial to healthy, and drains the old target only then", () => {
    const one = createIncident();
    allowRedis(one);
    deploy(one, 151);
    one.time.pass(19);
    expect(states(one)).toEqual(["healthy"]);
    one.time.pass(6);
    expect(states(one)).toEqual(["healthy", "initial"]);
    one.time.pass(30);
    expect(states(one)).toEqual(["draining", "healthy"]);
    one.time.pass(30);
    expect(states(one)).toEqual(["healthy"]);
    expect(describeService(one).deployments[0]!.rolloutState).toBe("IN_PROGRESS");
    one.time.pass(10);
    expect(describeService(one).deployments[0]!.rolloutState).toBe("COMPLETED");
    expect(newestRecord(one).status).toBe("SUCCESSFUL");
  });

  test("replaces every task of a larger service", () => {
    const one = createIncident({ desiredCount: 3 });
    allowRedis(one);
    deploy(one, 151);
    one.time.pass(120);
    expect(describeService(one)).toMatchObject({
      runningCount: 3,
      pendingCount: 0,
      deployments: [{ rolloutState: "COMPLETED" }],
    });
    expect(states(one)).toEqual(["healthy", "healthy", "healthy"]);
  });
});

describe("a rollout that is overtaken", () => {
  test("loses PRIMARY to the newer one and is listed as STOPPED", () => {
    const one = createIncident();
    const first = deploy(one, 151);
    one.time.pass(30);
    const second = deploy(one, 150);
    expect(describeService(one).deployments).toMatchObject([
      { id: second.id, status: "PRIMARY" },
      { id: first.id, status: "ACTIVE", rolloutState: "IN_PROGRESS" },
      { status: "ACTIVE", rolloutState: "COMPLETED" },
    ]);
    const records = one.call("ListServiceDeployments", HERE).serviceDeployments;
    expect(records.map((record) => record.status)).toEqual(["IN_PROGRESS", "STOPPED", "SUCCESSFUL"]);
    one.time.pass(120);
    expect(describeService(one).deployments).toMatchObject([{ id: second.id, rolloutState: "COMPLETED" }]);
  });

  test("may be a rollback, whose record then says STOPPED", () => {
    const one = createIncident();
    deploy(one, 151);
    one.time.pass(200);
    allowRedis(one);
    const again = deploy(one, 151);
    one.time.pass(120);
    expect(describeService(one).deployments).toMatchObject([{ id: again.id, rolloutState: "COMPLETED" }]);
    const records = one.call("ListServiceDeployments", { ...HERE, status: ["STOPPED"] }).serviceDeployments;
    expect(records).toHaveLength(1);
  });
});

test("a service can be scaled up and down without a new deployment", () => {
  const one = createIncident();
  const { id } = describeService(one).deployments[0]!;
  one.call("UpdateService", { ...HERE, desiredCount: 2 });
  one.time.pass(60);
  expect(describeService(one)).toMatchObject({ runningCount: 2, deployments: [{ id }] });
  one.call("UpdateService", { ...HERE, desiredCount: 0 });
  one.time.pass(60);
  expect(describeService(one)).toMatchObject({ runningCount: 0, deployments: [{ id }] });
  expect(one.ecs.servingRevision(HERE.cluster, HERE.service)).toBeUndefined();
});

function idsOfAnIncident(): unknown {
  const one = createIncident();
  deploy(one, 151);
  one.time.pass(300);
  return [describeService(one).deployments[0]!.id, stopped(one).map((task) => task.taskArn)];
}

test("the same calls give the same ids", () => {
  expect(idsOfAnIncident()).toEqual(idsOfAnIncident());
});
