/** Tasks: listed and described, the stopped ones included. */
import { z } from "zod";
import { lastOfArn } from "../../../model/arn.ts";
import type { Request, Service, World } from "../account/world.ts";
import { arnOf, describeEach, findCluster, page, parse, seconds } from "./ecs-request.ts";
import type { EcsState, Task } from "./ecs-state.ts";
import { isStaying } from "./ecs-task-life.ts";

const ListRequest = z.object({
  cluster: z.string().optional(),
  serviceName: z.string().optional(),
  family: z.string().optional(),
  startedBy: z.string().optional(),
  desiredStatus: z.enum(["RUNNING", "PENDING", "STOPPED"]).default("RUNNING"),
});
const DescribeRequest = z.object({ cluster: z.string().optional(), tasks: z.array(z.string()) });

function list(state: EcsState, request: Request): Record<string, unknown> {
  const asked = parse(ListRequest, request);
  const cluster = findCluster(state, asked.cluster);
  const services = [...cluster.services.values()].filter(
    ({ name }) => asked.serviceName === undefined || name === lastOfArn(asked.serviceName),
  );
  const tasks = services
    .flatMap((service) => service.tasks)
    .filter(
      (task) =>
        (isStaying(task) ? "RUNNING" : "STOPPED") === asked.desiredStatus &&
        (asked.family === undefined || task.definition.family === asked.family) &&
        (asked.startedBy === undefined || task.startedBy === asked.startedBy),
    );
  const { items, next } = page(tasks, request);
  return { taskArns: items.map((task) => task.arn), ...next };
}

function describeContainers(task: Task): readonly unknown[] {
  const isStopped = task.lastStatus === "STOPPED";
  return task.definition.containers.map(({ name, image }) => ({
    containerArn: task.arn.replace(":task/", ":container/"),
    taskArn: task.arn,
    name,
    image,
    lastStatus:
      task.lastStatus === "PROVISIONING" ? "PENDING" : task.lastStatus.replace("DEACTIVATING", "RUNNING"),
    networkBindings: [],
    networkInterfaces: [{ privateIpv4Address: task.address }],
    healthStatus: "UNKNOWN",
    ...(isStopped ? { exitCode: 143 } : {}),
  }));
}

/** Members that a task has only once it has started, or begun to stop, or stopped. */
function describePast(task: Task): Record<string, unknown> {
  const { startedAt, stop } = task;
  const started = startedAt === undefined ? {} : { startedAt: seconds(startedAt) };
  if (stop === undefined) return started;
  const stopped = stop.stoppedAt === undefined ? {} : { stoppedAt: seconds(stop.stoppedAt) };
  return {
    ...started,
    stopCode: "ServiceSchedulerInitiated",
    stoppedReason: stop.reason,
    stoppingAt: seconds(stop.at),
    ...stopped,
  };
}

function describe(task: Task, clusterArn: string, service: string): Record<string, unknown> {
  const { body } = task.definition;
  return {
    taskArn: task.arn,
    clusterArn,
    taskDefinitionArn: task.definition.arn,
    group: `service:${service}`,
    startedBy: task.startedBy,
    lastStatus: task.lastStatus,
    desiredStatus: isStaying(task) ? "RUNNING" : "STOPPED",
    healthStatus: "UNKNOWN",
    launchType: "FARGATE",
    platformVersion: "1.4.0",
    platformFamily: "Linux",
    cpu: body["cpu"],
    memory: body["memory"],
    connectivity: "CONNECTED",
    createdAt: seconds(task.createdAt),
    ...describePast(task),
    containers: describeContainers(task),
    attachments: [
      {
        type: "ElasticNetworkInterface",
        status: task.lastStatus === "STOPPED" ? "DELETED" : "ATTACHED",
        details: [{ name: "privateIPv4Address", value: task.address }],
      },
    ],
    overrides: { containerOverrides: [] },
    tags: [],
    version: 1,
  };
}

export function taskOperations(state: EcsState): Service {
  return {
    ListTasks: (request) => list(state, request),
    DescribeTasks: (request: Request, world: World) => {
      const asked = parse(DescribeRequest, request);
      const cluster = findCluster(state, asked.cluster);
      const all = [...cluster.services.values()].flatMap((service) =>
        service.tasks.map((task) => ({ task, service: service.name })),
      );
      const { found, failures } = describeEach(
        asked.tasks,
        (name) => all.find(({ task }) => task.id === lastOfArn(name)),
        (name) => arnOf(world, `task/${cluster.name}/${name}`),
      );
      return { tasks: found.map(({ task, service }) => describe(task, cluster.arn, service)), failures };
    },
  };
}
