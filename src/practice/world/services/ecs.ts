/** The simulated Amazon ECS. */
import { createDeployments } from "./ecs-deployments.ts";
import type { Request, Service, ServingRevision, World } from "../account/world.ts";
import { addCluster, clusterOperations, tagOperations } from "./ecs-clusters.ts";
import { servingRevisionOf } from "./ecs-fleet.ts";
import { serviceDeploymentOperations } from "./ecs-service-deployments.ts";
import { addService, serviceOperations } from "./ecs-services.ts";
import { createEcsState } from "./ecs-state.ts";
import { addTaskDefinition, taskDefinitionOperations } from "./ecs-task-definitions.ts";
import { taskOperations } from "./ecs-tasks.ts";

/** A past for the world to begin with: nothing here is a call, so nothing enters the ledger. */
export interface EcsSeed {
  /** Answers the cluster's ARN. */
  readonly cluster: (name: string) => string;
  /** Takes the members of `RegisterTaskDefinition` and answers the ARN. */
  readonly taskDefinition: (family: string, revision: number, definition: Request) => string;
  /** Takes the members of `CreateService`; its tasks run and are healthy at once. Answers the ARN. */
  readonly service: (service: Request) => string;
}

export interface Ecs {
  readonly service: Service;
  readonly servingRevision: (cluster: string, service: string) => ServingRevision | undefined;
  readonly seed: EcsSeed;
}

/** Makes an empty ECS; it uses `world` only when something is asked of it, so the world may still be incomplete. */
export function createEcs(world: World): Ecs {
  const state = createEcsState();
  const deployments = createDeployments(world, state.ids);
  return {
    service: {
      ...clusterOperations(state),
      ...tagOperations(state),
      ...taskDefinitionOperations(state),
      ...serviceOperations(state, deployments),
      ...taskOperations(state),
      ...serviceDeploymentOperations(state),
    },
    servingRevision: (cluster, name) => {
      const service = state.clusters.get(cluster)?.services.get(name);
      return service === undefined ? undefined : servingRevisionOf(service);
    },
    seed: {
      cluster: (name) => addCluster(state, world, { clusterName: name }).arn,
      taskDefinition: (family, revision, definition) =>
        addTaskDefinition(state, world, { ...definition, family }, revision).arn,
      service: (request) => {
        const service = addService(state, world, request);
        deployments.seed(service);
        return service.arn;
      },
    },
  };
}
