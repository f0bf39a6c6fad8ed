/**
 * How a service gets from one revision to another, as ECS's rolling update does it: new tasks first, an old one is
 * stopped for each new one that is healthy, and a circuit breaker that rolls back to the last completed deployment.
 *
 * A rollback adopts the tasks of the old revision that still run (there are such: minimum 100 percent), so their
 * connections stay warm; see the choices in `account/app.ts`.
 */
import { completeDeployment, makePrimary, openRecord, stopRecord } from "./ecs-deployment-records.ts";
import { fill, isSettled, ownTasks, retire, retireOld } from "./ecs-fleet.ts";
import type { Deployment, EcsService, Ids, Task } from "./ecs-state.ts";
import { createTask, isLive, isStaying, note, showTargets, type Surroundings } from "./ecs-task-life.ts";
import type { World } from "../account/world.ts";

/** Simulated seconds between the last change of a task and ECS calling the service steady. */
const STEADY_AFTER = 10;
const ROLLBACK_STEADY_AFTER = 60;

export interface Deployments {
  /** Begins a deployment of what the service now asks for; one under way is given up. */
  readonly start: (service: EcsService) => Deployment;
  /** Puts a service at once where a completed deployment would have left it. */
  readonly seed: (service: EcsService) => Deployment;
  /** Adjusts the number of tasks to the service's desired count. */
  readonly scale: (service: EcsService) => void;
}

export function createDeployments(world: World, ids: Ids): Deployments {
  const around: Surroundings = {
    world,
    ids,
    onRunning: (service, task) => {
      if (task.deployment.status === "PRIMARY") service.servedBy = task.deployment;
    },
    onHealthy: (service, task) => {
      task.deployment.record.failures = 0;
      retireOld(service, around);
      settle(service, around);
    },
    onFailed: (service, task) => {
      judgeFailure(service, task.deployment, around);
    },
    onStopped: (service) => {
      if (service.status === "DRAINING" && !service.tasks.some(isLive)) service.status = "INACTIVE";
      settle(service, around);
    },
  };
  return {
    start: (service) => start(service, around),
    seed: (service) => seed(service, around),
    scale: (service) => {
      fill(service, around);
      settle(service, around);
    },
  };
}

function start(service: EcsService, around: Surroundings): Deployment {
  const former = service.deployments[0];
  if (former?.rolloutState === "IN_PROGRESS") giveUp(service, former, around);
  const sources = new Set(service.tasks.filter(isStaying).map((task) => task.deployment.revision));
  const record = openRecord(service, [...sources], around);
  const deployment = makePrimary(service, { kind: "update", revision: record.target, record }, around);
  fill(service, around);
  settle(service, around);
  return deployment;
}

/** A newer deployment takes the place of one under way: only its healthy tasks may stay until they are replaced. */
function giveUp(service: EcsService, former: Deployment, around: Surroundings): void {
  const reason = "Service deployment stopped because a newer service deployment replaced it.";
  stopRecord(former.record, reason, around.world.time.now());
  for (const task of ownTasks(service)) {
    if (task.health !== "HEALTHY") retire(service, task, former, around);
  }
}

function judgeFailure(service: EcsService, deployment: Deployment, around: Surroundings): void {
  deployment.failedTasks += 1;
  deployment.updatedAt = around.world.time.now();
  if (deployment.status !== "PRIMARY") return;
  const { record } = deployment;
  record.failures += 1;
  record.updatedAt = deployment.updatedAt;
  const isTripped = record.breaker === "MONITORING" && record.failures >= record.threshold;
  if (isTripped) failDeployment(service, deployment, around);
  else fill(service, around);
}

function failDeployment(service: EcsService, deployment: Deployment, around: Surroundings): void {
  const { record } = deployment;
  deployment.rolloutState = "FAILED";
  deployment.reason = "ECS deployment circuit breaker: tasks failed to start.";
  record.breaker = "TRIGGERED";
  note(service, `(deployment ${deployment.id}) deployment failed: tasks failed to start.`, around);
  for (const task of ownTasks(service)) retire(service, task, deployment, around);
  const good = service.lastCompleted;
  if (service.breaker.rollback && good !== undefined) {
    rollBack(service, { from: deployment, to: good }, around);
    return;
  }
  stopRecord(
    record,
    "The circuit breaker was triggered, and nothing was rolled back.",
    around.world.time.now(),
  );
}

interface Rollback {
  readonly from: Deployment;
  readonly to: Deployment;
}

function rollBack(service: EcsService, { from, to }: Rollback, around: Surroundings): void {
  const { record } = from;
  record.status = "ROLLBACK_IN_PROGRESS";
  record.statusReason = "The circuit breaker was triggered: rolling back to the last completed deployment.";
  record.rollback = {
    reason: "The deployment circuit breaker threshold was exceeded: tasks failed to start.",
    startedAt: around.world.time.now(),
    revision: to.revision,
  };
  note(service, `rolling back to deployment ${to.id}.`, around);
  const deployment = makePrimary(service, { kind: "rollback", revision: to.revision, record }, around);
  deployment.reason = `ECS deployment circuit breaker: rolling back to deploymentId ${to.id}.`;
  service.definition = to.revision.definition;
  for (const task of service.tasks) {
    if (isStaying(task) && task.health === "HEALTHY" && task.definition === service.definition) {
      task.deployment = deployment;
      service.servedBy = deployment;
    }
  }
  fill(service, around);
  retireOld(service, around);
  settle(service, around);
}

/** Completes the primary deployment some time after the last of its tasks has moved. */
function settle(service: EcsService, around: Surroundings): void {
  const primary = service.deployments[0];
  if (primary?.rolloutState !== "IN_PROGRESS" || !isSettled(service)) return;
  const wait = primary.kind === "rollback" ? ROLLBACK_STEADY_AFTER : STEADY_AFTER;
  around.world.time.after(wait, () => {
    const isStillPrimary = service.deployments[0] === primary && primary.rolloutState === "IN_PROGRESS";
    if (isStillPrimary && isSettled(service)) complete(service, primary, around);
  });
}

function complete(service: EcsService, deployment: Deployment, around: Surroundings): void {
  completeDeployment(service, deployment, around.world.time.now());
  note(service, `(deployment ${deployment.id}) deployment completed.`, around);
  note(service, "has reached a steady state.", around);
}

function seed(service: EcsService, around: Surroundings): Deployment {
  const record = openRecord(service, [], around);
  const deployment = makePrimary(service, { kind: "update", revision: record.target, record }, around);
  for (let count = 0; count < service.desiredCount; count += 1) {
    const task = createTask(service, deployment, around);
    const steady = { lastStatus: "RUNNING", health: "HEALTHY", startedAt: task.createdAt } as const;
    Object.assign(task, steady satisfies Partial<Task>);
  }
  service.servedBy = deployment;
  complete(service, deployment, around);
  showTargets(service, around.world);
  return deployment;
}
