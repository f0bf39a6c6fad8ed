import { awsLine } from "./parts/shell.ts";
import type { ContainerDefinition, ECS, TaskDefinition } from "@aws-sdk/client-ecs";
import { z } from "zod";
import type { JsonObject } from "../model/json.ts";
import { defineStep, type StepContext } from "../model/step.ts";
import { ecs } from "./aws/clients.ts";
import { notFound } from "./aws/failure.ts";
import { primaryOf, readService, readTaskDefinition } from "./ecs/service.ts";
import { region } from "./parts/shapes.ts";
import { describeService } from "./ecs/by-hand.ts";

const input = z.union([
  z.strictObject({
    /** An ARN or `family:revision`. */
    taskDefinition: z.string().min(1),
    region,
  }),
  z.strictObject({
    /** What this service's PRIMARY deployment runs. */
    service: z.string().min(1),
    cluster: z.string().min(1),
    region,
  }),
]);

/** Reads a task definition: which secrets does a revision have? Values of variables are never read out. */
export const describeTaskDefinition = defineStep({
  kind: "ecs.describe-task-definition",
  effect: "read",
  risk: "none",
  timeout: "1m",
  input,
  output: z.strictObject({
    arn: z.string(),
    family: z.string(),
    revision: z.int(),
    status: z.string(),
    /** Of all containers, sorted, each once. */
    secrets: z.array(z.string()),
    containers: z.array(
      z.strictObject({ name: z.string(), image: z.string(), secrets: z.array(z.string()) }),
    ),
  }),
  describe: (from) =>
    "taskDefinition" in from
      ? `read task definition ${from.taskDefinition}`
      : `read the task definition that ${from.cluster}/${from.service} runs`,
  commands: (from) =>
    "taskDefinition" in from
      ? [
          awsLine("ecs describe-task-definition", {
            "task-definition": from.taskDefinition,
            region: from.region,
          }),
        ]
      : [describeService(from)],
  run: async (from, ctx) => {
    const client = await ecs(ctx, from.region);
    const found = await readTaskDefinition(client, ctx, await wanted(client, ctx, from));
    const containers = found.containerDefinitions ?? [];
    ctx.evidence("task-definition.json", extract(found));
    return {
      arn: found.taskDefinitionArn ?? "",
      family: found.family ?? "",
      revision: found.revision ?? 0,
      status: found.status ?? "",
      secrets: [...new Set(containers.flatMap(secretNames))].toSorted(),
      containers: containers.map((container) => ({
        name: container.name ?? "",
        image: container.image ?? "",
        secrets: secretNames(container),
      })),
    };
  },
});

async function wanted(client: ECS, ctx: StepContext, from: z.output<typeof input>): Promise<string> {
  if ("taskDefinition" in from) return from.taskDefinition;
  const primary = primaryOf(await readService(client, ctx, from));
  if (primary) return primary.taskDefinition;
  throw notFound(`Reading what \`${from.cluster}/${from.service}\` runs`, "it has no PRIMARY deployment");
}

function secretNames({ secrets = [] }: ContainerDefinition): string[] {
  return secrets.flatMap(({ name }) => name ?? []).toSorted();
}

/** Written so that two revisions can be compared line by line. */
function extract(found: TaskDefinition): JsonObject {
  return {
    arn: found.taskDefinitionArn ?? "",
    family: found.family ?? "",
    revision: found.revision ?? 0,
    status: found.status ?? "",
    containers: (found.containerDefinitions ?? []).map((container) => ({
      name: container.name ?? "",
      image: container.image ?? "",
      secrets: (container.secrets ?? [])
        .map(({ name = "", valueFrom = "" }) => ({ name, valueFrom }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      // Names only: people put secrets into plain variables.
      environment: (container.environment ?? []).flatMap(({ name }) => name ?? []).toSorted(),
    })),
  };
}
