/** The records of deployments: how each is begun and ended, without a decision about tasks. */
import type { Deployment, EcsService, Ids, ServiceDeployment, ServiceRevision } from "./ecs-state.ts";
import type { World } from "../account/world.ts";

/** Failures in a row that trip the circuit breaker: half of the wanted tasks, and never fewer than this. */
const SMALLEST_THRESHOLD = 3;

interface Surroundings {
  readonly world: World;
  readonly ids: Ids;
}

function arn(service: EcsService, kind: string, id: string): string {
  return service.arn.replace(/:service\/.*$/, `:${kind}/${service.cluster.name}/${service.name}/${id}`);
}

/** Opens the service deployment that brings the service to what it now asks for. */
export function openRecord(
  service: EcsService,
  sources: readonly ServiceRevision[],
  { world, ids }: Surroundings,
): ServiceDeployment {
  const now = world.time.now();
  const target: ServiceRevision = {
    arn: arn(service, "service-revision", ids.digits("revision")),
    definition: service.definition,
    securityGroups: service.securityGroups,
    createdAt: now,
  };
  const record: ServiceDeployment = {
    arn: arn(service, "service-deployment", ids.hex("record", 21)),
    target,
    sources,
    createdAt: now,
    updatedAt: now,
    threshold: Math.max(SMALLEST_THRESHOLD, Math.ceil(service.desiredCount * 0.5)),
    failures: 0,
    breaker: service.breaker.enable ? "MONITORING" : "DISABLED",
    status: "IN_PROGRESS",
  };
  service.history = [record, ...service.history];
  return record;
}

/** Puts a new deployment in first place. */
export function makePrimary(
  service: EcsService,
  what: Pick<Deployment, "kind" | "revision" | "record">,
  { world, ids }: Surroundings,
): Deployment {
  const id = `ecs-svc/${ids.digits("deployment")}`;
  const now = world.time.now();
  for (const former of service.deployments) former.status = "ACTIVE";
  const deployment: Deployment = {
    id,
    ...what,
    status: "PRIMARY",
    rolloutState: "IN_PROGRESS",
    reason: `ECS deployment ${id} in progress.`,
    failedTasks: 0,
    createdAt: now,
    updatedAt: now,
  };
  service.deployments = [deployment, ...service.deployments];
  return deployment;
}

/** Ends a record because a newer one takes its place. */
export function stopRecord(record: ServiceDeployment, statusReason: string, now: Date): void {
  record.status = "STOPPED";
  record.statusReason = statusReason;
  if (record.breaker === "MONITORING") record.breaker = "MONITORING_COMPLETE";
  record.updatedAt = now;
  record.stoppedAt = now;
  record.finishedAt = now;
}

/** Ends a deployment well: it alone remains, and a later failure rolls back to it. */
export function completeDeployment(service: EcsService, deployment: Deployment, now: Date): void {
  const { record } = deployment;
  deployment.rolloutState = "COMPLETED";
  deployment.reason = `ECS deployment ${deployment.id} completed.`;
  deployment.updatedAt = now;
  record.status = deployment.kind === "rollback" ? "ROLLBACK_SUCCESSFUL" : "SUCCESSFUL";
  if (record.breaker === "MONITORING") record.breaker = "MONITORING_COMPLETE";
  record.updatedAt = now;
  record.finishedAt = now;
  service.lastCompleted = deployment;
  service.deployments = [deployment];
}
