/** Services: created, changed, described, deleted. What a change sets in motion is in `ecs-deployments.ts`. */
import { z } from "zod";
import { lastOfArn } from "../../../model/arn.ts";
import type { Deployments } from "./ecs-deployments.ts";
import { AwsError, type Request, type Service, type World } from "../account/world.ts";
import { arnOf, describeEach, findCluster, findService, page, parse, TagList } from "./ecs-request.ts";
import { applySettings, DEFAULTS, pictureOf, Settings } from "./ecs-service-settings.ts";
import { describeService } from "./ecs-service-view.ts";
import type { EcsService, EcsState, TaskDefinition } from "./ecs-state.ts";
import { findTaskDefinition } from "./ecs-task-definitions.ts";

const CreateRequest = Settings.extend({
  cluster: z.string().optional(),
  serviceName: z.string().min(1),
  taskDefinition: z.string(),
  desiredCount: z.number().int().nonnegative().default(1),
  launchType: z.string().default("FARGATE"),
  schedulingStrategy: z.string().default("REPLICA"),
  deploymentController: z.looseObject({ type: z.string() }).default({ type: "ECS" }),
  tags: TagList.default([]),
});
const UpdateRequest = Settings.extend({
  cluster: z.string().optional(),
  service: z.string(),
  taskDefinition: z.string().optional(),
  desiredCount: z.number().int().nonnegative().optional(),
  forceNewDeployment: z.boolean().default(false),
});
const DescribeRequest = z.object({
  cluster: z.string().optional(),
  services: z.array(z.string()),
  include: z.array(z.string()).default([]),
});
const ListRequest = z.object({ cluster: z.string().optional(), launchType: z.string().optional() });
const DeleteRequest = z.object({
  cluster: z.string().optional(),
  service: z.string(),
  force: z.boolean().default(false),
});

function usableDefinition(state: EcsState, name: string): TaskDefinition {
  const definition = findTaskDefinition(state, name);
  if (definition === undefined) throw new AwsError("ClientException", "TaskDefinition not found.");
  if (definition.status === "INACTIVE") throw new AwsError("ClientException", "TaskDefinition is inactive");
  return definition;
}

/** Makes the record of a service, without any task yet. */
export function addService(state: EcsState, world: World, request: Request): EcsService {
  const asked = parse(CreateRequest, request);
  const cluster = findCluster(state, asked.cluster);
  const former = cluster.services.get(asked.serviceName);
  if (former !== undefined && former.status !== "INACTIVE") {
    throw new AwsError("InvalidParameterException", "Creation of service was not idempotent.");
  }
  const { launchType, schedulingStrategy, deploymentController } = asked;
  const service: EcsService = {
    name: asked.serviceName,
    arn: arnOf(world, `service/${cluster.name}/${asked.serviceName}`),
    cluster,
    createdAt: world.time.now(),
    settings: { ...DEFAULTS, launchType, schedulingStrategy, deploymentController },
    securityGroups: [],
    loadBalancers: [],
    breaker: { enable: false, rollback: false },
    status: "ACTIVE",
    desiredCount: asked.desiredCount,
    definition: usableDefinition(state, asked.taskDefinition),
    deployments: [],
    history: [],
    events: [],
    tasks: [],
  };
  applySettings(service, Settings.parse(asked));
  cluster.services.set(service.name, service);
  state.tags.set(service.arn, asked.tags);
  return service;
}

/** Changes the service's record and says what that means for its tasks. */
function change(
  service: EcsService,
  definition: TaskDefinition,
  asked: z.infer<typeof UpdateRequest>,
): "nothing" | "quiet" | "rolling" {
  const before = {
    rolling: pictureOf(service, "rolling"),
    quiet: pictureOf(service, "quiet"),
    count: service.desiredCount,
    definition: service.definition,
  };
  applySettings(service, Settings.parse(asked));
  service.desiredCount = asked.desiredCount ?? service.desiredCount;
  service.definition = definition;
  const needsTasks = definition !== before.definition || before.rolling !== pictureOf(service, "rolling");
  if (asked.forceNewDeployment || needsTasks) return "rolling";
  return before.quiet !== pictureOf(service, "quiet") || before.count !== service.desiredCount
    ? "quiet"
    : "nothing";
}

function update(state: EcsState, deployments: Deployments, request: Request, world: World): EcsService {
  const asked = parse(UpdateRequest, request);
  const service = findService(state, asked.cluster, asked.service);
  if (service.status !== "ACTIVE") throw new AwsError("ServiceNotActiveException", "Service was not ACTIVE.");
  // A rollback may have gone back to a revision that is INACTIVE by now; only a change to one is refused.
  const wanted = asked.taskDefinition;
  const definition = wanted === undefined ? service.definition : usableDefinition(state, wanted);
  const outcome = change(service, definition, asked);
  if (outcome === "nothing") return service;
  world.ledger.record("ecs:UpdateService", service.arn, request);
  if (outcome === "rolling") deployments.start(service);
  else deployments.scale(service);
  return service;
}

function remove(state: EcsState, deployments: Deployments, request: Request, world: World): EcsService {
  const { cluster, service: name, force } = parse(DeleteRequest, request);
  const service = findService(state, cluster, name);
  if (service.status !== "ACTIVE") return service;
  if (service.desiredCount > 0 && !force) {
    const message = "The service cannot be stopped while it is scaled above 0.";
    throw new AwsError("InvalidParameterException", message);
  }
  service.desiredCount = 0;
  service.status = service.tasks.every((task) => task.lastStatus === "STOPPED") ? "INACTIVE" : "DRAINING";
  deployments.scale(service);
  world.ledger.record("ecs:DeleteService", service.arn, request);
  return service;
}

export function serviceOperations(state: EcsState, deployments: Deployments): Service {
  return {
    CreateService: (request, world) => {
      const service = addService(state, world, request);
      deployments.start(service);
      world.ledger.record("ecs:CreateService", service.arn, request);
      return { service: { ...describeService(service, world), tags: state.tags.get(service.arn) ?? [] } };
    },
    UpdateService: (request, world) => ({
      service: describeService(update(state, deployments, request, world), world),
    }),
    DeleteService: (request, world) => ({
      service: describeService(remove(state, deployments, request, world), world),
    }),
    DescribeServices: (request, world) => {
      const { cluster: name, services, include } = parse(DescribeRequest, request);
      const cluster = findCluster(state, name);
      const { found, failures } = describeEach(
        services,
        (service) => cluster.services.get(lastOfArn(service)),
        (service) => arnOf(world, `service/${cluster.name}/${service}`),
      );
      const tags = (service: EcsService) =>
        include.includes("TAGS") ? { tags: state.tags.get(service.arn) ?? [] } : {};
      return {
        services: found.map((service) => ({ ...describeService(service, world), ...tags(service) })),
        failures,
      };
    },
    ListServices: (request) => {
      const cluster = findCluster(state, parse(ListRequest, request).cluster);
      const active = [...cluster.services.values()].filter((service) => service.status !== "INACTIVE");
      const { items, next } = page(active, request);
      return { serviceArns: items.map((service) => service.arn), ...next };
    },
  };
}
