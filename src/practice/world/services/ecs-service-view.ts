/** A service as `DescribeServices` shows it. */
import type { World } from "../account/world.ts";
import { seconds } from "./ecs-request.ts";
import type { Deployment, EcsService } from "./ecs-state.ts";
import { isStaying } from "./ecs-task-life.ts";

type View = Readonly<Record<string, unknown>>;

interface Counts {
  readonly runningCount: number;
  readonly pendingCount: number;
}

function countTasks(service: EcsService, deployment?: Deployment): Counts {
  const tasks = service.tasks.filter(
    (task) => isStaying(task) && (deployment === undefined || task.deployment === deployment),
  );
  const runningCount = tasks.filter((task) => task.lastStatus === "RUNNING").length;
  return { runningCount, pendingCount: tasks.length - runningCount };
}

export function describeService(service: EcsService, world: World): View {
  const current = service.history[0];
  const revisions = [...new Set(service.tasks.filter(isStaying).map((task) => task.deployment.revision))];
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.cluster.arn,
    serviceRegistries: [],
    status: service.status,
    desiredCount: service.desiredCount,
    ...countTasks(service),
    platformFamily: "Linux",
    taskDefinition: service.definition.arn,
    ...service.settings,
    deployments:
      service.status === "INACTIVE" ? [] : service.deployments.map((one) => describeDeployment(service, one)),
    events: service.events.map(({ id, createdAt, message }) => ({
      id,
      createdAt: seconds(createdAt),
      message,
    })),
    createdAt: seconds(service.createdAt),
    createdBy: `arn:aws:iam::${world.account}:root`,
    placementConstraints: [],
    placementStrategy: [],
    ...(current === undefined ? {} : { currentServiceDeployment: current.arn }),
    currentServiceRevisions: revisions.map((revision) => {
      const tasks = service.tasks.filter((task) => isStaying(task) && task.deployment.revision === revision);
      const running = tasks.filter((task) => task.lastStatus === "RUNNING").length;
      return {
        arn: revision.arn,
        requestedTaskCount: service.desiredCount,
        runningTaskCount: running,
        pendingTaskCount: tasks.length - running,
      };
    }),
  };
}

function describeDeployment(service: EcsService, deployment: Deployment): View {
  const { launchType, networkConfiguration } = service.settings;
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: deployment.revision.definition.arn,
    // An older deployment wants no tasks of its own any more.
    desiredCount: deployment.status === "PRIMARY" ? service.desiredCount : 0,
    ...countTasks(service, deployment),
    failedTasks: deployment.failedTasks,
    createdAt: seconds(deployment.createdAt),
    updatedAt: seconds(deployment.updatedAt),
    launchType,
    platformVersion: "1.4.0",
    platformFamily: "Linux",
    networkConfiguration,
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.reason,
  };
}
