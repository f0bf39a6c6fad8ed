import { awsFailure } from "../aws/aws-failure.ts";
import type { Attributes } from "../config/config.ts";
import { failure } from "../terminal/diagnostic.ts";
import { type Calls, type ResourceType, text } from "./resource-type.ts";

/** `aws_ecs_service`: only read, because releases are rolled out with UpdateService. */
export const ecsService: ResourceType = {
  schemaVersion: 1,
  computed: ["id"],
  defaults: {},
  updatable: [],
  read,
  create: refuse,
  update: refuse,
  destroy: async () => {
    await refuse();
  },
};

async function read(attributes: Attributes, { cloud, signal }: Calls): Promise<Attributes | undefined> {
  const { DescribeServicesCommand } = await import("@aws-sdk/client-ecs");
  const id = text(attributes, "id");
  try {
    const ecs = await cloud.ecs();
    const request = { cluster: text(attributes, "cluster"), services: [text(attributes, "name")] };
    const { services } = await ecs.send(new DescribeServicesCommand(request), { abortSignal: signal });
    const found = services?.[0];
    if (found === undefined || found.status === "INACTIVE") return undefined;
    return {
      ...attributes,
      task_definition: found.taskDefinition ?? "",
      desired_count: found.desiredCount ?? 0,
    };
  } catch (cause) {
    throw awsFailure(`reading ECS Service (${id})`, "ECS: DescribeServices", cause);
  }
}

async function refuse(): Promise<Attributes> {
  return Promise.reject(failure("The stand-in terraform does not change an aws_ecs_service"));
}
