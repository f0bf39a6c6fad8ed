/** A service's tasks taken together: how many are missing, which go, which answer requests. */
import type { ServingRevision } from "../account/world.ts";
import type { Deployment, EcsService, Task } from "./ecs-state.ts";
import { isLive, isStaying, revisionOf, startTask, stopTask, type Surroundings } from "./ecs-task-life.ts";

export function ownTasks(service: EcsService): readonly Task[] {
  return service.tasks.filter((task) => task.deployment === service.deployments[0] && isStaying(task));
}

/** Stops a task because the deployment has no use for it. */
export function retire(service: EcsService, task: Task, deployment: Deployment, around: Surroundings): void {
  const reason = `Scaling activity initiated by (deployment ${deployment.id})`;
  stopTask(service, task, { kind: "replaced", reason }, around);
}

/** Starts the tasks that the primary deployment lacks, and stops those that are too many. */
export function fill(service: EcsService, around: Surroundings): void {
  const primary = service.deployments[0];
  if (primary === undefined || primary.rolloutState === "FAILED") return;
  const own = ownTasks(service);
  for (let missing = service.desiredCount - own.length; missing > 0; missing -= 1) {
    startTask(service, primary, around);
  }
  const extra = service.desiredCount === 0 ? service.tasks : own.slice(service.desiredCount);
  for (const task of extra) retire(service, task, primary, around);
}

/** Stops one task of the older deployments, or all of them once the primary has all it wants. */
export function retireOld(service: EcsService, around: Surroundings): void {
  const primary = service.deployments[0];
  if (primary === undefined) return;
  const old = service.tasks.filter((task) => isStaying(task) && task.deployment !== primary);
  const healthy = ownTasks(service).filter((task) => task.health === "HEALTHY").length;
  const leaving = healthy >= service.desiredCount ? old : old.slice(0, 1);
  for (const task of leaving) retire(service, task, primary, around);
}

/** Whether exactly the wanted tasks live, all of the primary deployment, all healthy. */
export function isSettled(service: EcsService): boolean {
  const healthy = ownTasks(service).filter((task) => task.health === "HEALTHY").length;
  return healthy === service.desiredCount && service.tasks.filter(isLive).length === healthy;
}

/** The revision that answers requests, or undefined when no task runs. */
export function servingRevisionOf(service: EcsService): ServingRevision | undefined {
  const running = service.tasks.filter((task) => task.startedAt !== undefined && isLive(task));
  const isServing = (task: Task): boolean => task.deployment === service.servedBy;
  if (running.length === 0) return undefined;
  // Between two failing tasks the load balancer still points at their deployment, so a stopped task may speak for it.
  const task = running.findLast(isServing) ?? service.tasks.findLast(isServing) ?? running.at(-1);
  return task === undefined ? undefined : revisionOf(task);
}
