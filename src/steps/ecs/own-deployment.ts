/**
 * Finding the deployment that a lost `UpdateService` made.
 *
 * O1  A deployment is ours only when it has the wanted revision and was created after the intent was stored: one that
 *     existed before is somebody else's, however equal.
 * O2  ECS may cut times to whole seconds, and its clock is not ours; where that leaves a doubt the verdict is
 *     "unknown", so that a person looks, and never "not done", which would deploy a second time.
 * O3  A request may still be on its way when its sender is dead, so "not done" is said only after a second look.
 */
import type { ECS, Service } from "@aws-sdk/client-ecs";
import type { StepContext } from "../../model/step.ts";
import { pause } from "../parts/waiting.ts";
import { listServiceDeployments, taskDefinitionOfRevision } from "./service-deployments.ts";
import {
  type DeploymentView,
  deploymentsOf,
  primaryOf,
  readService,
  revisionName,
  type ServiceName,
} from "./service.ts";

interface WantedDeployment extends ServiceName {
  /** The full ARN. */
  readonly taskDefinition: string;
}

/** What is left of a deployment when it has gone. */
export type OwnDeployment = Pick<DeploymentView, "id" | "taskDefinition" | "createdAt">;

export type DeploymentSearch =
  | {
      readonly verdict: "done";
      readonly made: OwnDeployment;
      readonly service: Service;
      readonly why: string;
    }
  | { readonly verdict: "not done"; readonly why: string }
  | { readonly verdict: "unknown"; readonly why: string };

/** How far the clocks of ECS and of this machine may be apart before times prove nothing. */
const skew = 10_000;
/** After so long no request is on its way any more. */
const inFlight = 30_000;
const looks = 3;

/** The first deployment of the revision since `startedAt`. */
export function findOwn(
  service: Service,
  taskDefinition: string,
  startedAt: Date,
): DeploymentView | undefined {
  return candidates(service, taskDefinition, startedAt)[0];
}

function candidates(service: Service, taskDefinition: string, since: Date): readonly DeploymentView[] {
  return deploymentsOf(service)
    .filter((one) => one.taskDefinition === taskDefinition && one.createdAt >= since)
    .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
}

/** What the service says about an update that was started at `ctx.startedAt`, looked at until that cannot change any more. */
export async function settledProbe(
  ecs: ECS,
  ctx: StepContext,
  wanted: WantedDeployment,
): Promise<DeploymentSearch> {
  for (let count = 1; ; count += 1) {
    const found = await probeOnce(ecs, ctx, wanted);
    const age = ctx.clock.now().getTime() - ctx.startedAt.getTime();
    if (found.verdict !== "not done" || count >= looks || age > inFlight) return found;
    await pause(ctx, 1);
  }
}

async function probeOnce(ecs: ECS, ctx: StepContext, wanted: WantedDeployment): Promise<DeploymentSearch> {
  const service = await readService(ecs, ctx, wanted);
  const made =
    findOwn(service, wanted.taskDefinition, ctx.startedAt) ?? cutToSeconds(service, wanted, ctx.startedAt);
  const name = revisionName(wanted.taskDefinition);
  const start = ctx.startedAt.toISOString();
  if (made) {
    const why = `Deployment ${made.id} of ${name} was created at ${made.createdAt.toISOString()}, after the start at ${start}.`;
    return { verdict: "done", made, service, why };
  }
  const [near] = candidates(service, wanted.taskDefinition, new Date(ctx.startedAt.getTime() - skew));
  if (near) {
    const when = near.createdAt.toISOString();
    const why = `Deployment ${near.id} of ${name} was created at ${when}, so shortly before the start at ${start} that the clocks may disagree.`;
    return { verdict: "unknown", why };
  }
  return (
    (await gone(ecs, ctx, wanted, service)) ?? { verdict: "not done", why: whyNot(service, name, start) }
  );
}

/** A time without milliseconds may have been cut, and then stands for its whole second. */
function cutToSeconds(
  service: Service,
  { taskDefinition }: WantedDeployment,
  startedAt: Date,
): DeploymentView | undefined {
  const second = new Date(Math.floor(startedAt.getTime() / 1_000) * 1_000);
  return candidates(service, taskDefinition, second).find(
    ({ createdAt }) => createdAt.getTime() % 1_000 === 0,
  );
}

/** A deployment that was rolled back meanwhile has left the service, but not ECS's history of it. */
async function gone(
  ecs: ECS,
  ctx: StepContext,
  wanted: WantedDeployment,
  service: Service,
): Promise<DeploymentSearch | undefined> {
  const records = await listServiceDeployments(ecs, ctx, wanted, ctx.startedAt);
  for (const { targetServiceRevisionArn: revision, createdAt, status } of records.toReversed()) {
    const definition =
      revision === undefined ? undefined : await taskDefinitionOfRevision(ecs, ctx, revision);
    if (definition === wanted.taskDefinition && createdAt) {
      const why = `A deployment of ${revisionName(definition)}, created at ${createdAt.toISOString()}, has left the service: ${status ?? "unknown"}.`;
      const id = failedSince(service, createdAt);
      return id === undefined
        ? { verdict: "unknown", why: `${why} Its id is unknown.` }
        : { verdict: "done", made: { id, taskDefinition: definition, createdAt }, service, why };
    }
  }
  return undefined;
}

/** The one deployment that the service's events name as failed; history and events share no id, so two leave a doubt. */
function failedSince({ events = [] }: Service, since: Date): string | undefined {
  const failed = events
    .filter(({ createdAt }) => createdAt !== undefined && createdAt >= since)
    .flatMap(({ message = "" }) => /\(deployment (\S+)\) deployment failed/.exec(message)?.[1] ?? []);
  return failed.length === 1 ? failed[0] : undefined;
}

function whyNot(service: Service, name: string, start: string): string {
  const primary = primaryOf(service);
  const what = primary
    ? `PRIMARY is ${primary.id} of ${revisionName(primary.taskDefinition)}`
    : "Nothing is PRIMARY";
  return `${what}, and no deployment of ${name} was created since ${start}.`;
}
