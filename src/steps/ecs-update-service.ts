import { awsLine } from "./parts/shell.ts";
import type { ECS, Service } from "@aws-sdk/client-ecs";
import { z } from "zod";
import { RunbookError } from "../model/error.ts";
import { defineStep, type StepContext } from "../model/step.ts";
import { ask } from "./aws/ask.ts";
import { ecs } from "./aws/clients.ts";
import { isInDoubt } from "./aws/failure.ts";
import { findOwn, type OwnDeployment, settledProbe } from "./ecs/own-deployment.ts";
import { deploymentsOf, primaryOf, readService, readTaskDefinition } from "./ecs/service.ts";
import { pause } from "./parts/waiting.ts";
import { region } from "./parts/shapes.ts";

const attempts = 4;

const input = z.strictObject({
  cluster: z.string().min(1),
  service: z.string().min(1),
  /** One exact revision: without it ECS would take the newest that there happens to be. */
  taskDefinition: z
    .string()
    .regex(/^(arn:[^\s]+:task-definition\/)?[A-Za-z0-9_-]+:\d+$/, "must be an ARN or `family:revision`"),
  forceNewDeployment: z.boolean(),
  region,
});
type ServiceUpdate = z.output<typeof input>;

const output = z.strictObject({
  deploymentId: z.string(),
  taskDefinition: z.string(),
  /** Null when it can no longer be told. */
  previousTaskDefinition: z.string().nullable(),
  createdAt: z.string(),
});
type UpdateResult = z.output<typeof output>;

/** Points a service at one exact revision and returns the deployment that ECS made for it. */
export const updateService = defineStep({
  kind: "ecs.update-service",
  effect: "write",
  risk: "high",
  timeout: "3m",
  input,
  output,
  binds: ({ taskDefinition }) => ({ taskDefinition }),
  describe: ({ cluster, service, taskDefinition, forceNewDeployment }) =>
    `update service ${cluster}/${service} to ${taskDefinition}${forceNewDeployment ? ", forcing a new deployment" : ""}`,
  commands: ({ cluster, service, taskDefinition, forceNewDeployment, region: where }) => [
    awsLine("ecs update-service", {
      cluster,
      service,
      "task-definition": taskDefinition,
      "force-new-deployment": forceNewDeployment,
      region: where,
    }),
  ],
  run: async (update, ctx) => {
    const client = await ecs(once(ctx), update.region);
    const before = await readService(client, ctx, update);
    const wanted = await activeDefinition(client, ctx, update);
    const made =
      findOwn(before, wanted, ctx.startedAt) ??
      (await change(client, ctx, { ...update, taskDefinition: wanted }));
    const after = await readService(client, ctx, update);
    ctx.evidence("service-before.json", extract(before));
    ctx.evidence("service-after.json", extract(after));
    return updated(made, before);
  },
  probe: async (update, ctx) => {
    const client = await ecs(ctx, update.region);
    const { taskDefinitionArn = update.taskDefinition } = await readTaskDefinition(
      client,
      ctx,
      update.taskDefinition,
    );
    const found = await settledProbe(client, ctx, { ...update, taskDefinition: taskDefinitionArn });
    return found.verdict === "done"
      ? { verdict: "done", output: updated(found.made, found.service), why: found.why }
      : found;
  },
});

/**
 * ECS knows no client token, so an UpdateService whose answer was lost must not be sent again by the SDK: with
 * `forceNewDeployment` that would be a second deployment.
 */
function once(ctx: StepContext): Pick<StepContext, "aws"> {
  return { aws: { ...ctx.aws, maxAttempts: 1 } };
}

/** ECS refuses an INACTIVE revision too, but only after the person has approved it. */
async function activeDefinition(
  client: ECS,
  ctx: StepContext,
  { taskDefinition }: ServiceUpdate,
): Promise<string> {
  const { status, taskDefinitionArn } = await readTaskDefinition(client, ctx, taskDefinition);
  if (status === "ACTIVE" && taskDefinitionArn !== undefined) return taskDefinitionArn;
  throw new RunbookError(
    "ECS_REVISION_INACTIVE",
    `Task definition \`${taskDefinition}\` is ${status ?? "unknown"}, so ECS cannot start tasks from it; the service was not changed.`,
    { data: { taskDefinition, status: status ?? "" } },
  );
}

async function change(client: ECS, ctx: StepContext, update: ServiceUpdate): Promise<OwnDeployment> {
  const { cluster, service, taskDefinition, forceNewDeployment } = update;
  const what = `\`ecs:UpdateService\` of \`${cluster}/${service}\``;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await ask(ctx, what, (options) =>
        client.updateService({ cluster, service, taskDefinition, forceNewDeployment }, options),
      );
      return primaryAfter(answer.service, what, taskDefinition);
    } catch (error) {
      // Throttled means refused: it alone may simply be sent again.
      const isThrottled =
        error instanceof RunbookError && error.code === "AWS_THROTTLED" && attempt < attempts;
      if (!isThrottled) return await afterLostAnswer(client, ctx, update, error);
      await pause(ctx, 2 ** (attempt - 1));
    }
  }
}

/** When the answer did not come, the service itself tells whether the call took effect. */
async function afterLostAnswer(
  client: ECS,
  ctx: StepContext,
  update: ServiceUpdate,
  error: unknown,
): Promise<OwnDeployment> {
  if (!isInDoubt(error)) throw error;
  ctx.progress(`looking for the deployment: ${error.message}`);
  const found = await settledProbe(client, ctx, update);
  if (found.verdict === "done") return found.made;
  throw new RunbookError(error.code, `${error.message} ${found.why}`, { cause: error, data: error.data });
}

function primaryAfter(service: Service | undefined, what: string, wanted: string): OwnDeployment {
  const primary = service && primaryOf(service);
  if (primary?.taskDefinition === wanted) return primary;
  throw new RunbookError(
    "ECS_NO_DEPLOYMENT",
    `${what} was accepted, but the PRIMARY deployment is of \`${primary?.taskDefinition ?? "nothing"}\`, not of \`${wanted}\`.`,
  );
}

function updated(made: OwnDeployment, before: Service): UpdateResult {
  const former = deploymentsOf(before).find(({ id }) => id !== made.id);
  return {
    deploymentId: made.id,
    taskDefinition: made.taskDefinition,
    previousTaskDefinition: former?.taskDefinition ?? null,
    createdAt: made.createdAt.toISOString(),
  };
}

function extract(service: Service) {
  return {
    taskDefinition: service.taskDefinition ?? "",
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    deployments: deploymentsOf(service).map((deployment) => ({
      ...deployment,
      createdAt: deployment.createdAt.toISOString(),
    })),
  };
}
