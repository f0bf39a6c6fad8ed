import type { RegisterTaskDefinitionCommandInput, TaskDefinition } from "@aws-sdk/client-ecs";
import { awsFailure, refusalOf } from "../aws/aws-failure.ts";
import type { Attributes } from "../config/config.ts";
import { failure } from "../terminal/diagnostic.ts";
import { sorted } from "../config/values.ts";
import { type Calls, type ResourceType, text } from "./resource-type.ts";

/** `aws_ecs_task_definition`: every change is a new revision, and the old one is deregistered. */
export const taskDefinition: ResourceType = {
  schemaVersion: 1,
  computed: ["arn", "arn_without_revision", "enable_fault_injection", "id", "revision", "tags_all"],
  defaults: {
    ephemeral_storage: [],
    inference_accelerator: [],
    ipc_mode: null,
    pid_mode: null,
    placement_constraints: [],
    proxy_configuration: [],
    runtime_platform: [],
    skip_destroy: false,
    tags: null,
    task_role_arn: null,
    track_latest: false,
    volume: [],
  },
  updatable: ["skip_destroy", "track_latest"],
  read,
  create,
  update: async (attributes, values) => Promise.resolve({ ...attributes, ...values }),
  destroy,
};

async function read(attributes: Attributes, { cloud, signal }: Calls): Promise<Attributes | undefined> {
  const { DescribeTaskDefinitionCommand } = await import("@aws-sdk/client-ecs");
  const arn = text(attributes, "arn");
  try {
    const ecs = await cloud.ecs();
    const { taskDefinition: found } = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: arn, include: ["TAGS"] }),
      { abortSignal: signal },
    );
    return found?.status === "ACTIVE" ? { ...attributes, ...attributesFrom(found) } : undefined;
  } catch (cause) {
    // The real provider takes any 400 for "not found", even an expired credential; the engine must be able to meet that.
    if (refusalOf(cause).status === 400) return undefined;
    throw awsFailure(`reading ECS Task Definition (${arn})`, "ECS: DescribeTaskDefinition", cause);
  }
}

async function create(values: Attributes, { cloud, signal }: Calls): Promise<Attributes> {
  const { RegisterTaskDefinitionCommand } = await import("@aws-sdk/client-ecs");
  const doing = `creating ECS Task Definition (${text(values, "family")})`;
  try {
    const ecs = await cloud.ecs();
    const made = await ecs.send(new RegisterTaskDefinitionCommand(registration(values)), {
      abortSignal: signal,
    });
    if (made.taskDefinition === undefined) throw failure(`${doing}: empty output`);
    return { ...taskDefinition.defaults, ...values, ...attributesFrom(made.taskDefinition), tags: null };
  } catch (cause) {
    throw awsFailure(doing, "ECS: RegisterTaskDefinition", cause);
  }
}

function registration(values: Attributes): RegisterTaskDefinitionCommandInput {
  return {
    family: text(values, "family"),
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: text(values, "cpu"),
    memory: text(values, "memory"),
    executionRoleArn: text(values, "execution_role_arn"),
    // The attribute has the API's own shape; AWS checks it.
    containerDefinitions: JSON.parse(text(values, "container_definitions")),
  };
}

async function destroy(attributes: Attributes, { cloud, signal }: Calls): Promise<void> {
  if (attributes["skip_destroy"] === true) return;
  const { DeregisterTaskDefinitionCommand } = await import("@aws-sdk/client-ecs");
  const arn = text(attributes, "arn");
  try {
    const ecs = await cloud.ecs();
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: arn }), { abortSignal: signal });
  } catch (cause) {
    throw awsFailure(`deleting ECS Task Definition (${arn})`, "ECS: DeregisterTaskDefinition", cause);
  }
}

function attributesFrom(found: TaskDefinition): Attributes {
  const arn = found.taskDefinitionArn ?? "";
  return {
    arn,
    arn_without_revision: arn.replace(/:\d+$/, ""),
    container_definitions: JSON.stringify(sorted(found.containerDefinitions ?? [])),
    cpu: found.cpu ?? "",
    enable_fault_injection: found.enableFaultInjection ?? false,
    execution_role_arn: found.executionRoleArn ?? "",
    family: found.family ?? "",
    id: found.family ?? "",
    ipc_mode: found.ipcMode ?? "",
    memory: found.memory ?? "",
    network_mode: found.networkMode ?? "",
    pid_mode: found.pidMode ?? "",
    requires_compatibilities: found.requiresCompatibilities ?? [],
    revision: found.revision ?? 0,
    tags_all: {},
    task_role_arn: found.taskRoleArn ?? "",
  };
}
