import type { ECS, Service, TaskDefinition } from "@aws-sdk/client-ecs";
import type { StepContext } from "../../model/step.ts";
import { ask } from "../aws/ask.ts";
import { notFound } from "../aws/failure.ts";

export interface ServiceName {
  readonly cluster: string;
  readonly service: string;
}

export type Abortable = Pick<StepContext, "signal">;

/** What a deployment of a service looks like to us; ECS leaves nothing of this out in practice. */
export interface DeploymentView {
  readonly id: string;
  readonly status: string;
  readonly taskDefinition: string;
  readonly rolloutState: string;
  readonly reason: string;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  readonly failed: number;
  readonly createdAt: Date;
}

/** The service as ECS describes it; `AWS_NOT_FOUND` when the cluster has no such service. */
export async function readService(
  ecs: ECS,
  ctx: Abortable,
  { cluster, service }: ServiceName,
): Promise<Service> {
  const what = `\`ecs:DescribeServices\` of \`${cluster}/${service}\``;
  const answer = await ask(ctx, what, (options) =>
    ecs.describeServices({ cluster, services: [service] }, options),
  );
  const found = answer.services?.[0];
  if (found) return found;
  throw notFound(
    what,
    `the service is ${answer.failures?.[0]?.reason ?? "MISSING"} in this account and region`,
  );
}

export function deploymentsOf(service: Service): readonly DeploymentView[] {
  return (service.deployments ?? []).map((deployment) => ({
    id: deployment.id ?? "",
    status: deployment.status ?? "",
    taskDefinition: deployment.taskDefinition ?? "",
    rolloutState: deployment.rolloutState ?? "",
    reason: deployment.rolloutStateReason ?? "",
    desired: deployment.desiredCount ?? 0,
    running: deployment.runningCount ?? 0,
    pending: deployment.pendingCount ?? 0,
    failed: deployment.failedTasks ?? 0,
    createdAt: deployment.createdAt ?? new Date(0),
  }));
}

/** The deployment that ECS is heading for. */
export function primaryOf(service: Service): DeploymentView | undefined {
  return deploymentsOf(service).find(({ status }) => status === "PRIMARY");
}

/** The definition behind an ARN or `family:revision`. */
export async function readTaskDefinition(
  ecs: ECS,
  ctx: Abortable,
  taskDefinition: string,
): Promise<TaskDefinition> {
  const what = `\`ecs:DescribeTaskDefinition\` of \`${taskDefinition}\``;
  const answer = await ask(ctx, what, (options) => ecs.describeTaskDefinition({ taskDefinition }, options));
  if (!answer.taskDefinition) throw notFound(what, "the answer is empty");
  return answer.taskDefinition;
}

/** `r151` for an ARN that ends with `:151`. */
export function revisionName(taskDefinition: string): string {
  const revision = /:(\d+)$/.exec(taskDefinition)?.[1];
  return revision === undefined ? taskDefinition : `r${revision}`;
}
