/**
 * What a look at a service says about one deployment of it.
 *
 * W1  Success needs all four: that very deployment, PRIMARY, COMPLETED, and as many tasks running as wanted. ECS calls
 *     a service stable after a rollback too, so stability is never asked for.
 * W2  A failure that is certain is told apart from a rollback that has ended: the report should name what runs now.
 * W3  A newer PRIMARY without a sign that ours failed is somebody else's deployment.
 */
import type { ServiceDeployment } from "@aws-sdk/client-ecs";
import { type DeploymentView, revisionName } from "./service.ts";

export interface WatchedDeployment {
  readonly deploymentId: string;
  /** An ARN or `family:revision`. */
  readonly taskDefinition: string;
}

interface ServiceEventView {
  readonly id: string;
  readonly at: Date;
  readonly message: string;
}

/** One look at a service. */
export interface Observation {
  readonly serviceStatus: string;
  /** Whether the circuit breaker rolls back. */
  readonly rollsBack: boolean;
  readonly deployments: readonly DeploymentView[];
  /** Newest first. */
  readonly events: readonly ServiceEventView[];
  /** ECS's record of the watched deployment, where it could be read. */
  readonly record: ServiceDeployment | undefined;
}

export type Judgement =
  | { readonly kind: "going" }
  /** It has failed for certain; what ECS does about it is still under way. */
  | { readonly kind: "failing"; readonly outcome: "failed" | "rolledBack"; readonly reason: string }
  | {
      readonly kind: "decided";
      readonly outcome: "completed" | "rolledBack" | "superseded" | "failed";
      readonly reason: string;
    };

const going: Judgement = { kind: "going" };

/** `isOverdue` is false as long as ECS may not show the deployment yet. */
export function judge(watched: WatchedDeployment, seen: Observation, isOverdue: boolean): Judgement {
  if (seen.serviceStatus !== "ACTIVE") return decided("failed", `The service is ${seen.serviceStatus}.`);
  const own = seen.deployments.find(({ id }) => id === watched.deploymentId);
  const primary = seen.deployments.find(({ status }) => status === "PRIMARY");
  if (own && !isSameDefinition(own.taskDefinition, watched.taskDefinition)) {
    return decided(
      "failed",
      `Deployment ${own.id} is of ${own.taskDefinition}, not of ${watched.taskDefinition}.`,
    );
  }
  if (own?.status === "PRIMARY") return judgePrimary(own, seen);
  const failure = failureOf(watched, own, primary, seen);
  if (failure !== undefined) return judgeRollback(failure, primary, seen);
  if (!own && !isOverdue) return going;
  return decided("superseded", `${primary ? lineOf(primary) : "No deployment"} has taken its place.`);
}

function judgePrimary(own: DeploymentView, { record, rollsBack }: Observation): Judgement {
  if (own.rolloutState === "COMPLETED" && own.running === own.desired)
    return decided("completed", own.reason);
  if (own.rolloutState === "FAILED") {
    return rollsBack
      ? { kind: "failing", outcome: "failed", reason: own.reason }
      : decided("failed", own.reason);
  }
  if (record?.status === "STOPPED")
    return decided("failed", record.statusReason ?? "The deployment was stopped.");
  return going;
}

/** Why the watched deployment, which is not PRIMARY any more, has failed; undefined when nothing says that it did. */
function failureOf(
  { deploymentId }: WatchedDeployment,
  own: DeploymentView | undefined,
  primary: DeploymentView | undefined,
  { record, events }: Observation,
): string | undefined {
  const isRollback = record?.status?.startsWith("ROLLBACK_") ?? false;
  if (isRollback)
    return record?.rollback?.reason ?? record?.statusReason ?? own?.reason ?? "ECS rolled it back.";
  if (own?.rolloutState === "FAILED") return own.reason;
  const event = events.find(({ message }) =>
    message.includes(`(deployment ${deploymentId}) deployment failed`),
  );
  if (event) return event.message;
  // Without ECS's record this is the only trace: a rollback of ours, unless somebody else's came between.
  return record === undefined && /rolling back/i.test(primary?.reason ?? "") ? primary?.reason : undefined;
}

function judgeRollback(failure: string, primary: DeploymentView | undefined, seen: Observation): Judgement {
  const status = seen.record?.status;
  if (status === "ROLLBACK_FAILED") return decided("failed", `${failure} The rollback failed too.`);
  const isOther = status !== undefined && !status.startsWith("ROLLBACK_");
  if (isOther && !seen.rollsBack) return decided("failed", failure);
  const isOver =
    status === "ROLLBACK_SUCCESSFUL" ||
    (primary?.rolloutState === "COMPLETED" && primary.running === primary.desired);
  return isOver
    ? decided("rolledBack", failure)
    : { kind: "failing", outcome: "rolledBack", reason: failure };
}

function decided(outcome: Extract<Judgement, { kind: "decided" }>["outcome"], reason: string): Judgement {
  return { kind: "decided", outcome, reason };
}

/** Whether an ARN and an ARN or `family:revision` name the same revision. */
export function isSameDefinition(arn: string, wanted: string): boolean {
  return arn === wanted || arn.endsWith(`:task-definition/${wanted}`);
}

/** `PRIMARY r151 desired 1 running 0 pending 1 failed 0`. */
export function lineOf({
  status,
  taskDefinition,
  desired,
  running,
  pending,
  failed,
}: DeploymentView): string {
  return `${status} ${revisionName(taskDefinition)} desired ${desired} running ${running} pending ${pending} failed ${failed}`;
}
