/** The life of one task: pending, running, checked by the load balancer, stopped. What follows from it is the owner's. */
import { isAppHealthy, LOG_GROUP, REDIS_TIMEOUT } from "../account/app.ts";
import type { ServingRevision, TargetHealth, World } from "../account/world.ts";
import type { Deployment, EcsService, Ids, LoadBalancer, Task } from "./ecs-state.ts";

/** Simulated seconds. */
const PENDING_AFTER = 8;
const RUNNING_AFTER = 20;
const CHECK_EVERY = 15;
const CONNECTIONS_DRAIN = 30;
const FAILED_TASK_STOPS = 5;
/** Health checks in a row. */
const HEALTHY_AFTER = 2;
const UNHEALTHY_AFTER = 3;

/** ECS forgets stopped tasks after a while; here only so many are remembered. */
const KEPT = 100;

/** What tasks live in, and who decides about them. */
export interface Surroundings {
  readonly world: World;
  readonly ids: Ids;
  readonly onRunning: (service: EcsService, task: Task) => void;
  readonly onHealthy: (service: EcsService, task: Task) => void;
  readonly onFailed: (service: EcsService, task: Task) => void;
  readonly onStopped: (service: EcsService, task: Task) => void;
}

export function isLive(task: Task): boolean {
  return task.lastStatus !== "STOPPED";
}

export function isStaying(task: Task): boolean {
  return task.stop === undefined;
}

export function note(service: EcsService, message: string, { world, ids }: Surroundings): void {
  const event = {
    id: ids.hex("event", 32),
    createdAt: world.time.now(),
    message: `(service ${service.name}) ${message}`,
  };
  // ECS keeps the latest hundred.
  service.events = [event, ...service.events].slice(0, 100);
}

export function createTask(service: EcsService, deployment: Deployment, { world, ids }: Surroundings): Task {
  const id = ids.hex("task", 32);
  const task: Task = {
    id,
    arn: `arn:aws:ecs:${world.region}:${world.account}:task/${service.cluster.name}/${id}`,
    startedBy: deployment.id,
    definition: deployment.revision.definition,
    address: `10.0.1.${10 + (ids.count("address") % 240)}`,
    createdAt: world.time.now(),
    deployment,
    lastStatus: "PROVISIONING",
    health: "UNKNOWN",
    passes: 0,
    failures: 0,
  };
  service.tasks = [...service.tasks, task].filter(
    (one, index, all) => isLive(one) || index >= all.length - KEPT,
  );
  return task;
}

/** Starts a task, which from now on passes through its life by itself. */
export function startTask(service: EcsService, deployment: Deployment, around: Surroundings): Task {
  const { time } = around.world;
  const task = createTask(service, deployment, around);
  note(service, `has started 1 tasks: (task ${task.id}).`, around);
  time.after(PENDING_AFTER, () => {
    if (isStaying(task)) task.lastStatus = "PENDING";
  });
  time.after(RUNNING_AFTER, () => {
    if (!isStaying(task)) return;
    task.lastStatus = "RUNNING";
    task.startedAt = time.now();
    for (const group of targetGroups(service))
      note(service, `registered 1 targets in (target-group ${group})`, around);
    showTargets(service, around.world);
    around.onRunning(service, task);
    time.after(CHECK_EVERY, () => {
      check(service, task, around);
    });
  });
  return task;
}

/** A task is checked until it is healthy; later failures of the application show in its answers only. */
function isWatched(task: Task): boolean {
  return isStaying(task) && task.health !== "HEALTHY";
}

function check(service: EcsService, task: Task, around: Surroundings): void {
  if (!isWatched(task)) return;
  if (isAppHealthy(revisionOf(task), around.world)) pass(service, task, around);
  else fail(service, task, around);
  showTargets(service, around.world);
  if (!isWatched(task)) return;
  around.world.time.after(CHECK_EVERY, () => {
    check(service, task, around);
  });
}

function pass(service: EcsService, task: Task, around: Surroundings): void {
  task.failures = 0;
  task.passes += 1;
  if (task.passes < HEALTHY_AFTER) return;
  task.health = "HEALTHY";
  around.onHealthy(service, task);
}

function fail(service: EcsService, task: Task, around: Surroundings): void {
  task.passes = 0;
  task.failures += 1;
  task.health = "UNHEALTHY";
  const log = logOf(task);
  around.world.logs.put(log.group, log.stream, REDIS_TIMEOUT);
  if (task.failures < UNHEALTHY_AFTER) return;
  const group = targetGroups(service)[0];
  const where =
    group === undefined ? "container health checks" : `ELB health checks in (target-group ${group})`;
  note(service, `(task ${task.id}) failed ${where}: (reason Request timed out)`, around);
  stopTask(service, task, { kind: "failed", reason: `Task failed ${where}` }, around);
  around.onFailed(service, task);
}

/** Stops a task: at once as a target, a little later as a task. A failed one has no connections to drain. */
export function stopTask(
  service: EcsService,
  task: Task,
  why: { readonly kind: "failed" | "replaced"; readonly reason: string },
  around: Surroundings,
): void {
  if (!isStaying(task)) return;
  const { time } = around.world;
  const stop: NonNullable<Task["stop"]> = { reason: why.reason, at: time.now() };
  task.stop = stop;
  task.lastStatus = "DEACTIVATING";
  note(
    service,
    why.kind === "failed"
      ? `has stopped 1 running tasks: (task ${task.id}).`
      : `has begun draining connections on 1 tasks: (task ${task.id}).`,
    around,
  );
  showTargets(service, around.world);
  time.after(why.kind === "failed" ? FAILED_TASK_STOPS : CONNECTIONS_DRAIN, () => {
    task.lastStatus = "STOPPED";
    stop.stoppedAt = time.now();
    showTargets(service, around.world);
    around.onStopped(service, task);
  });
}

/** What the application sees of the task that it runs in. */
export function revisionOf(task: Task): ServingRevision {
  const { definition, deployment } = task;
  return {
    arn: definition.arn,
    revision: definition.revision,
    secrets: definition.containers.flatMap((container) => container.secrets),
    securityGroups: deployment.revision.securityGroups,
    logStream: logOf(task).stream,
  };
}

function logOf(task: Task): { readonly group: string; readonly stream: string } {
  const container = task.definition.containers.find((one) => one.logGroup !== undefined);
  const stream = `${container?.logPrefix ?? "ecs"}/${container?.name ?? "api"}/${task.id}`;
  return { group: container?.logGroup ?? LOG_GROUP, stream };
}

function targetGroups(service: EcsService): readonly string[] {
  return service.loadBalancers.flatMap(({ targetGroupArn }) => targetGroupArn ?? []);
}

/** Tells the load balancer about all tasks of a service. */
export function showTargets(service: EcsService, world: World): void {
  for (const balancer of service.loadBalancers) {
    if (balancer.targetGroupArn === undefined) continue;
    const targets = service.tasks.flatMap((task) => targetOf(task, balancer) ?? []);
    world.elbv2.setTargets(balancer.targetGroupArn, targets);
  }
}

function targetOf(task: Task, { containerPort }: LoadBalancer): TargetHealth | undefined {
  if (task.startedAt === undefined || !isLive(task)) return undefined;
  const target = { id: task.address, port: containerPort ?? 80 };
  if (!isStaying(task)) return { ...target, state: "draining", reason: "Target.DeregistrationInProgress" };
  if (task.health === "HEALTHY") return { ...target, state: "healthy" };
  if (task.health === "UNHEALTHY") return { ...target, state: "unhealthy", reason: "Target.Timeout" };
  return { ...target, state: "initial", reason: "Elb.RegistrationInProgress" };
}
