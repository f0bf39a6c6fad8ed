/**
 * What the simulated ECS remembers. The records are plain and mutable because ECS's own state is: operations and
 * the rollout change them in place, and every answer is built from them anew.
 */
import { createHash } from "node:crypto";

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** The parts of a container definition that the simulation acts on; the rest is only echoed. */
export interface Container {
  readonly name: string;
  readonly image?: string | undefined;
  readonly secrets: readonly string[];
  readonly logGroup?: string | undefined;
  readonly logPrefix?: string | undefined;
}

export interface TaskDefinition {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  /** The registered members, with the defaults that ECS fills in. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly containers: readonly Container[];
  readonly registeredAt: Date;
  status: "ACTIVE" | "INACTIVE";
  deregisteredAt?: Date;
}

export interface LoadBalancer {
  readonly targetGroupArn?: string | undefined;
  readonly containerName?: string | undefined;
  readonly containerPort?: number | undefined;
}

/** One immutable combination of task definition and network that a service was asked to run. */
export interface ServiceRevision {
  readonly arn: string;
  readonly definition: TaskDefinition;
  readonly securityGroups: readonly string[];
  readonly createdAt: Date;
}

type ServiceDeploymentStatus =
  | "IN_PROGRESS"
  | "SUCCESSFUL"
  | "STOPPED"
  | "ROLLBACK_IN_PROGRESS"
  | "ROLLBACK_SUCCESSFUL"
  | "ROLLBACK_FAILED";

/** What `DescribeServiceDeployments` tells of one attempt to change a service, its rollback included. */
export interface ServiceDeployment {
  readonly arn: string;
  readonly target: ServiceRevision;
  readonly sources: readonly ServiceRevision[];
  readonly createdAt: Date;
  readonly threshold: number;
  failures: number;
  breaker: "MONITORING" | "MONITORING_COMPLETE" | "TRIGGERED" | "DISABLED";
  status: ServiceDeploymentStatus;
  statusReason?: string;
  updatedAt: Date;
  finishedAt?: Date;
  stoppedAt?: Date;
  rollback?: { readonly reason: string; readonly startedAt: Date; readonly revision: ServiceRevision };
}

/** One entry of `deployments[]` of `DescribeServices`. */
export interface Deployment {
  readonly id: string;
  readonly kind: "update" | "rollback";
  readonly revision: ServiceRevision;
  readonly record: ServiceDeployment;
  readonly createdAt: Date;
  status: "PRIMARY" | "ACTIVE";
  rolloutState: "IN_PROGRESS" | "COMPLETED" | "FAILED";
  reason: string;
  failedTasks: number;
  updatedAt: Date;
}

export interface Task {
  readonly id: string;
  readonly arn: string;
  readonly startedBy: string;
  readonly definition: TaskDefinition;
  readonly address: string;
  readonly createdAt: Date;
  /** Changes when a rollback adopts the task. */
  deployment: Deployment;
  lastStatus: "PROVISIONING" | "PENDING" | "RUNNING" | "DEACTIVATING" | "STOPPED";
  health: "UNKNOWN" | "HEALTHY" | "UNHEALTHY";
  passes: number;
  failures: number;
  startedAt?: Date;
  stop?: { readonly reason: string; readonly at: Date; stoppedAt?: Date };
}

interface ServiceEvent {
  readonly id: string;
  readonly createdAt: Date;
  readonly message: string;
}

export interface EcsService {
  readonly name: string;
  readonly arn: string;
  readonly cluster: Cluster;
  readonly createdAt: Date;
  /** Members that are set by the caller and given back as they are. */
  settings: Readonly<Record<string, unknown>>;
  securityGroups: readonly string[];
  loadBalancers: readonly LoadBalancer[];
  breaker: { readonly enable: boolean; readonly rollback: boolean };
  status: "ACTIVE" | "DRAINING" | "INACTIVE";
  desiredCount: number;
  definition: TaskDefinition;
  /** The PRIMARY one first. */
  deployments: readonly Deployment[];
  /** Newest first. */
  history: readonly ServiceDeployment[];
  events: readonly ServiceEvent[];
  tasks: readonly Task[];
  lastCompleted?: Deployment | undefined;
  /** Where the load balancer sends requests. */
  servedBy?: Deployment | undefined;
}

export interface Cluster {
  readonly name: string;
  readonly arn: string;
  readonly settings: readonly unknown[];
  readonly configuration?: unknown;
  readonly services: Map<string, EcsService>;
  status: "ACTIVE" | "INACTIVE";
}

export interface EcsState {
  readonly clusters: Map<string, Cluster>;
  /** By ARN, in the order of registration. */
  readonly definitions: Map<string, TaskDefinition>;
  /** The highest revision ever used by a family: numbers are never given twice. */
  readonly lastRevision: Map<string, number>;
  readonly tags: Map<string, readonly Tag[]>;
  readonly ids: Ids;
}

/** Makes ids that look like ECS's and are the same in every run of the same calls. */
export interface Ids {
  /** So many hexadecimal digits, as in a task id. */
  readonly hex: (kind: string, length: number) => string;
  /** Nineteen decimal digits, as in `ecs-svc/1234567890123456789`. */
  readonly digits: (kind: string) => string;
  /** From 1, one counter for each kind. */
  readonly count: (kind: string) => number;
}

function createIds(): Ids {
  const counters = new Map<string, number>();
  const count = (kind: string): number => {
    const next = (counters.get(kind) ?? 0) + 1;
    counters.set(kind, next);
    return next;
  };
  const hash = (kind: string): string =>
    createHash("sha256")
      .update(`${kind}/${count(kind)}`)
      .digest("hex");
  return {
    hex: (kind, length) => hash(kind).slice(0, length),
    digits: (kind) => (BigInt(`0x${hash(kind).slice(0, 16)}`) % 10n ** 19n).toString().padStart(19, "1"),
    count,
  };
}

export function createEcsState(): EcsState {
  return {
    clusters: new Map(),
    definitions: new Map(),
    lastRevision: new Map(),
    tags: new Map(),
    ids: createIds(),
  };
}
