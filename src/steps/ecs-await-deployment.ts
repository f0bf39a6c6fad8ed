import { z } from "zod";
import { toMilliseconds } from "../model/duration.ts";
import type { JsonObject } from "../model/json.ts";
import { defineStep, type StepContext } from "../model/step.ts";
import { ecs } from "./aws/clients.ts";
import { type DeploymentView, revisionName } from "./ecs/service.ts";
import { stopReason } from "./ecs/stopped-tasks.ts";
import type { Observation } from "./ecs/verdict.ts";
import { type WatchEnd, DeploymentWatch } from "./ecs/watch.ts";
import { durationUpTo, region } from "./parts/shapes.ts";
import { describeService } from "./ecs/by-hand.ts";

const mostEvents = 20;

const output = z.strictObject({
  outcome: z.enum(["completed", "rolledBack", "superseded", "stalled", "failed"]),
  deploymentId: z.string(),
  /** The revision that was to run. */
  expected: z.string(),
  /** The revision that ran at the end; null when no task did. */
  live: z.string().nullable(),
  /** Of the deployment that was PRIMARY at the end. */
  running: z.int(),
  desired: z.int(),
  /** Of the awaited deployment. */
  failedTasks: z.int(),
  reason: z.string(),
  /** Of the service since the deployment began, newest first. */
  events: z.array(z.strictObject({ at: z.string(), message: z.string() })),
  /** Why tasks of the deployment stopped, each reason once. */
  stopReasons: z.array(z.string()),
  lastChangeAt: z.string(),
});

/**
 * Watches one deployment to its end, by its id. Only that deployment, PRIMARY, COMPLETED and with all its tasks running,
 * counts as completed; everything else that can become of it is an outcome too, never an exception.
 */
export const awaitDeployment = defineStep({
  kind: "ecs.await-deployment",
  effect: "read",
  risk: "none",
  timeout: "60m",
  input: z.strictObject({
    cluster: z.string().min(1),
    service: z.string().min(1),
    deploymentId: z.string().min(1),
    /** The revision that it must run. */
    taskDefinition: z.string().min(1),
    timeout: durationUpTo("55m").default("15m"),
    /** Give up when nothing has changed for so long. */
    stallAfter: durationUpTo("55m").default("10m"),
    pollSeconds: z.int().min(1).max(60).default(5),
    region,
  }),
  output,
  describe: ({ cluster, service, deploymentId, taskDefinition, timeout }) =>
    `wait up to ${timeout} until deployment ${deploymentId} (${revisionName(taskDefinition)}) of ${cluster}/${service} is decided`,
  commands: (watched) => [
    `${describeService(watched)}   # again, until ${watched.deploymentId} is COMPLETED or FAILED`,
  ],
  run: async ({ timeout, stallAfter, region: where, ...watched }, ctx) => {
    const options = { ...watched, timeoutMs: toMilliseconds(timeout), stallMs: toMilliseconds(stallAfter) };
    ctx.outlives(`deployment ${watched.deploymentId} of ${watched.cluster}/${watched.service}`);
    const ending = await new DeploymentWatch(await ecs(ctx, where), ctx, options).untilEnd();
    leaveEvidence(ending, ctx);
    const primary = primaryOf(ending.last);
    return {
      outcome: ending.outcome,
      deploymentId: watched.deploymentId,
      expected: watched.taskDefinition,
      live: liveRevision(ending.last),
      running: primary?.running ?? 0,
      desired: primary?.desired ?? 0,
      failedTasks: Math.max(ending.own?.failed ?? 0, ending.stopped.length === 0 ? 0 : failures(ending)),
      reason: ending.reason,
      events: ending.last.events
        .slice(0, mostEvents)
        .map(({ at, message }) => ({ at: at.toISOString(), message })),
      stopReasons: [...new Set(ending.stopped.map(stopReason))],
      lastChangeAt: ending.lastChangeAt.toISOString(),
    };
  },
});

function primaryOf({ deployments }: Observation): DeploymentView | undefined {
  return deployments.find(({ status }) => status === "PRIMARY");
}

/** In the middle of a change the PRIMARY deployment may run nothing, while the one before it still serves. */
function liveRevision(last: Observation): string | null {
  const primary = primaryOf(last);
  if (primary && primary.running > 0) return primary.taskDefinition;
  const [most] = last.deployments
    .filter(({ running }) => running > 0)
    .toSorted((a, b) => b.running - a.running);
  return most?.taskDefinition ?? null;
}

/** A deployment that is gone left its count with the circuit breaker. */
function failures({ last }: WatchEnd): number {
  return last.record?.deploymentCircuitBreaker?.failureCount ?? 0;
}

function leaveEvidence({ last, stopped }: WatchEnd, ctx: StepContext): void {
  ctx.evidence("service.json", {
    status: last.serviceStatus,
    deployments: last.deployments.map((deployment) => ({
      ...deployment,
      createdAt: deployment.createdAt.toISOString(),
    })),
    events: last.events.map(({ at, message }) => ({ at: at.toISOString(), message })),
  });
  if (last.record) ctx.evidence("service-deployment.json", recordOf(last.record));
  ctx.evidence(
    "stopped-tasks.json",
    stopped.map((task) => ({ ...task, containers: [...task.containers] })),
  );
}

function recordOf(record: NonNullable<Observation["record"]>): JsonObject {
  const { deploymentCircuitBreaker: breaker, rollback } = record;
  return {
    arn: record.serviceDeploymentArn ?? "",
    status: record.status ?? "",
    statusReason: record.statusReason ?? "",
    createdAt: record.createdAt?.toISOString() ?? "",
    finishedAt: record.finishedAt?.toISOString() ?? "",
    targetServiceRevision: record.targetServiceRevision?.arn ?? "",
    circuitBreaker: {
      status: breaker?.status ?? "",
      failureCount: breaker?.failureCount ?? 0,
      threshold: breaker?.threshold ?? 0,
    },
    rollback: rollback
      ? {
          reason: rollback.reason ?? "",
          startedAt: rollback.startedAt?.toISOString() ?? "",
          serviceRevision: rollback.serviceRevisionArn ?? "",
        }
      : null,
  };
}
