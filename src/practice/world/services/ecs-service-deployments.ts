/** Service deployments and service revisions: ECS's own history of a service. */
import { z } from "zod";
import { lastOfArn } from "../../../model/arn.ts";
import type { Request, Service } from "../account/world.ts";
import { describeEach, findService, page, parse, seconds } from "./ecs-request.ts";
import type { EcsService, EcsState, ServiceDeployment, ServiceRevision } from "./ecs-state.ts";
import { isStaying } from "./ecs-task-life.ts";

const ListRequest = z.object({
  cluster: z.string().optional(),
  service: z.string(),
  status: z.array(z.string()).optional(),
  createdAt: z.object({ before: z.number().optional(), after: z.number().optional() }).optional(),
});
const DescribeRequest = z.object({ serviceDeploymentArns: z.array(z.string()) });
const RevisionsRequest = z.object({ serviceRevisionArns: z.array(z.string()) });

function allServices(state: EcsState): readonly EcsService[] {
  return [...state.clusters.values()].flatMap((cluster) => [...cluster.services.values()]);
}

function when(name: string, date: Date | undefined): Record<string, number> {
  return date === undefined ? {} : { [name]: seconds(date) };
}

function brief(service: EcsService, record: ServiceDeployment): Record<string, unknown> {
  return {
    serviceDeploymentArn: record.arn,
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    createdAt: seconds(record.createdAt),
    startedAt: seconds(record.createdAt),
    ...when("finishedAt", record.finishedAt),
    targetServiceRevisionArn: record.target.arn,
    status: record.status,
    ...(record.statusReason === undefined ? {} : { statusReason: record.statusReason }),
  };
}

function summary(service: EcsService, revision: ServiceRevision): Record<string, unknown> {
  const tasks = service.tasks.filter((task) => isStaying(task) && task.deployment.revision === revision);
  const running = tasks.filter((task) => task.lastStatus === "RUNNING").length;
  return {
    arn: revision.arn,
    requestedTaskCount: service.deployments[0]?.revision === revision ? service.desiredCount : 0,
    runningTaskCount: running,
    pendingTaskCount: tasks.length - running,
  };
}

function describe(service: EcsService, record: ServiceDeployment): Record<string, unknown> {
  const { targetServiceRevisionArn: _, ...shared } = brief(service, record);
  const { rollback } = record;
  return {
    ...shared,
    ...when("stoppedAt", record.stoppedAt),
    updatedAt: seconds(record.updatedAt),
    sourceServiceRevisions: record.sources.map((revision) => summary(service, revision)),
    targetServiceRevision: summary(service, record.target),
    deploymentConfiguration: service.settings["deploymentConfiguration"],
    deploymentCircuitBreaker: {
      status: record.breaker,
      failureCount: record.failures,
      threshold: record.threshold,
    },
    ...(rollback === undefined
      ? {}
      : {
          rollback: {
            reason: rollback.reason,
            startedAt: seconds(rollback.startedAt),
            serviceRevisionArn: rollback.revision.arn,
          },
        }),
  };
}

function describeRevision(service: EcsService, revision: ServiceRevision): Record<string, unknown> {
  const { launchType, networkConfiguration, loadBalancers } = service.settings;
  return {
    serviceRevisionArn: revision.arn,
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    taskDefinition: revision.definition.arn,
    launchType,
    platformVersion: "1.4.0",
    platformFamily: "Linux",
    loadBalancers,
    networkConfiguration,
    containerImages: revision.definition.containers.map(({ name, image }) => ({
      containerName: name,
      image,
    })),
    guardDutyEnabled: false,
    createdAt: seconds(revision.createdAt),
  };
}

function list(state: EcsState, request: Request): Record<string, unknown> {
  const { cluster, service: name, status, createdAt } = parse(ListRequest, request);
  const service = findService(state, cluster, name);
  const records = service.history.filter(
    (record) =>
      (status === undefined || status.includes(record.status)) &&
      seconds(record.createdAt) <= (createdAt?.before ?? Infinity) &&
      seconds(record.createdAt) >= (createdAt?.after ?? 0),
  );
  const { items, next } = page(records, request);
  return { serviceDeployments: items.map((record) => brief(service, record)), ...next };
}

export function serviceDeploymentOperations(state: EcsState): Service {
  return {
    ListServiceDeployments: (request) => list(state, request),
    DescribeServiceDeployments: (request) => {
      const all = allServices(state).flatMap((service) =>
        service.history.map((record) => ({ service, record })),
      );
      const { found, failures } = describeEach(
        parse(DescribeRequest, request).serviceDeploymentArns,
        (arn) => all.find(({ record }) => record.arn === arn),
        (name) => name,
      );
      return { serviceDeployments: found.map(({ service, record }) => describe(service, record)), failures };
    },
    DescribeServiceRevisions: (request) => {
      const all = allServices(state).flatMap((service) =>
        service.history.map((record) => ({ service, revision: record.target })),
      );
      const { found, failures } = describeEach(
        parse(RevisionsRequest, request).serviceRevisionArns,
        (arn) => all.find(({ revision }) => lastOfArn(revision.arn) === lastOfArn(arn)),
        (name) => name,
      );
      return {
        serviceRevisions: found.map(({ service, revision }) => describeRevision(service, revision)),
        failures,
      };
    },
  };
}
