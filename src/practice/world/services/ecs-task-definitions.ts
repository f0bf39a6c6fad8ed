/** Task definitions: registered, described, listed, made inactive; never changed and never numbered twice. */
import { z } from "zod";
import { lastOfArn } from "../../../model/arn.ts";
import { AwsError, type Request, type Service, type World } from "../account/world.ts";
import { arnOf, page, parse, seconds, TagList } from "./ecs-request.ts";
import type { Container, EcsState, TaskDefinition } from "./ecs-state.ts";

const PortMapping = z.looseObject({ containerPort: z.number().optional() });

const ContainerDefinition = z.looseObject({
  name: z.string().min(1),
  image: z.string().optional(),
  secrets: z.array(z.looseObject({ name: z.string() })).optional(),
  portMappings: z.array(PortMapping).optional(),
  logConfiguration: z.looseObject({ options: z.record(z.string(), z.string()).optional() }).optional(),
});

const Definition = z.looseObject({
  family: z.string().min(1),
  containerDefinitions: z.array(ContainerDefinition).min(1),
  requiresCompatibilities: z.array(z.string()).optional(),
  tags: TagList.optional(),
});

const ListRequest = z.object({
  familyPrefix: z.string().optional(),
  status: z.string().default("ACTIVE"),
  sort: z.enum(["ASC", "DESC"]).default("ASC"),
});
const NameRequest = z.object({ taskDefinition: z.string(), include: z.array(z.string()).default([]) });

/** ECS gives these members back whether they were sent or not. */
function withDefaults(container: z.infer<typeof ContainerDefinition>): Record<string, unknown> {
  return {
    cpu: 0,
    essential: true,
    environment: [],
    mountPoints: [],
    volumesFrom: [],
    systemControls: [],
    ...container,
    portMappings: (container.portMappings ?? []).map((port) => ({
      hostPort: port.containerPort,
      protocol: "tcp",
      ...port,
    })),
  };
}

function actedOn(container: z.infer<typeof ContainerDefinition>): Container {
  return {
    name: container.name,
    image: container.image,
    secrets: (container.secrets ?? []).map((secret) => secret.name),
    logGroup: container.logConfiguration?.options?.["awslogs-group"],
    logPrefix: container.logConfiguration?.options?.["awslogs-stream-prefix"],
  };
}

/** Stores one revision; `revision` is given only for a world that begins with a past. */
export function addTaskDefinition(
  state: EcsState,
  world: World,
  request: Request,
  revision?: number,
): TaskDefinition {
  const { tags, family, containerDefinitions, ...rest } = parse(Definition, request);
  const last = state.lastRevision.get(family) ?? 0;
  const number = revision ?? last + 1;
  const definition: TaskDefinition = {
    arn: arnOf(world, `task-definition/${family}:${number}`),
    family,
    revision: number,
    containers: containerDefinitions.map(actedOn),
    body: {
      volumes: [],
      placementConstraints: [],
      ...rest,
      family,
      containerDefinitions: containerDefinitions.map(withDefaults),
    },
    registeredAt: world.time.now(),
    status: "ACTIVE",
  };
  state.definitions.set(definition.arn, definition);
  state.lastRevision.set(family, Math.max(last, number));
  if (tags !== undefined) state.tags.set(definition.arn, tags);
  return definition;
}

/** Finds by ARN, by `family:revision`, or the newest active one by `family`. */
export function findTaskDefinition(state: EcsState, name: string): TaskDefinition | undefined {
  const wanted = lastOfArn(name);
  const all = [...state.definitions.values()];
  if (wanted.includes(":")) return all.find((one) => `${one.family}:${one.revision}` === wanted);
  return all
    .filter((one) => one.family === wanted && one.status === "ACTIVE")
    .reduce<TaskDefinition | undefined>(
      (newest, one) => (newest === undefined || one.revision > newest.revision ? one : newest),
      undefined,
    );
}

function describe(definition: TaskDefinition, world: World): Record<string, unknown> {
  const { deregisteredAt } = definition;
  return {
    taskDefinitionArn: definition.arn,
    ...definition.body,
    revision: definition.revision,
    status: definition.status,
    compatibilities: ["EC2", "FARGATE"],
    requiresAttributes: [{ name: "com.amazonaws.ecs.capability.docker-remote-api.1.18" }],
    registeredAt: seconds(definition.registeredAt),
    ...(deregisteredAt === undefined ? {} : { deregisteredAt: seconds(deregisteredAt) }),
    registeredBy: `arn:aws:iam::${world.account}:root`,
  };
}

function deregister(state: EcsState, name: string, world: World): TaskDefinition {
  if (!name.includes(":")) throw new AwsError("ClientException", "Revision is missing.");
  const definition = findTaskDefinition(state, name);
  if (definition === undefined)
    throw new AwsError("ClientException", "The specified task definition does not exist.");
  if (definition.status === "ACTIVE") {
    definition.status = "INACTIVE";
    definition.deregisteredAt = world.time.now();
    world.ledger.record("ecs:DeregisterTaskDefinition", definition.arn, { taskDefinition: name });
  }
  return definition;
}

function list(state: EcsState, request: Request): Record<string, unknown> {
  const { familyPrefix, status, sort } = parse(ListRequest, request);
  const sorted = [...state.definitions.values()]
    .filter((one) => one.status === status && (familyPrefix === undefined || one.family === familyPrefix))
    .toSorted((a, b) => a.family.localeCompare(b.family) || a.revision - b.revision)
    .map((one) => one.arn);
  const { items, next } = page(sort === "DESC" ? sorted.toReversed() : sorted, request);
  return { taskDefinitionArns: items, ...next };
}

export function taskDefinitionOperations(state: EcsState): Service {
  return {
    RegisterTaskDefinition: (request, world) => {
      const definition = addTaskDefinition(state, world, request);
      world.ledger.record("ecs:RegisterTaskDefinition", definition.arn, request);
      return { taskDefinition: describe(definition, world), tags: state.tags.get(definition.arn) ?? [] };
    },
    DescribeTaskDefinition: (request, world) => {
      const { taskDefinition, include } = parse(NameRequest, request);
      const definition = findTaskDefinition(state, taskDefinition);
      if (definition === undefined)
        throw new AwsError("ClientException", "Unable to describe task definition.");
      const tags = include.includes("TAGS") ? { tags: state.tags.get(definition.arn) ?? [] } : {};
      return { taskDefinition: describe(definition, world), ...tags };
    },
    DeregisterTaskDefinition: (request, world) => {
      const { taskDefinition } = parse(NameRequest, request);
      return { taskDefinition: describe(deregister(state, taskDefinition, world), world) };
    },
    ListTaskDefinitions: (request) => list(state, request),
    ListTaskDefinitionFamilies: (request) => {
      const { items, next } = page([...state.lastRevision.keys()].toSorted(), request);
      return { families: items, ...next };
    },
  };
}
