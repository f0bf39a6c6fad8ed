/** Clusters, and the tags of everything in ECS. */
import { z } from "zod";
import { lastOfArn } from "../../../model/arn.ts";
import { AwsError, type Request, type Service, type World } from "../account/world.ts";
import { arnOf, describeEach, findCluster, page, parse, TagList } from "./ecs-request.ts";
import type { Cluster, EcsState, Tag } from "./ecs-state.ts";
import { isLive } from "./ecs-task-life.ts";

const CreateRequest = z.object({
  clusterName: z.string().min(1).default("default"),
  settings: z.array(z.unknown()).default([{ name: "containerInsights", value: "disabled" }]),
  configuration: z.unknown().optional(),
  tags: TagList.default([]),
});
const DescribeRequest = z.object({
  clusters: z.array(z.string()).default(["default"]),
  include: z.array(z.string()).default([]),
});
const ClusterRequest = z.object({ cluster: z.string() });
const ArnRequest = z.object({ resourceArn: z.string() });
const TagRequest = ArnRequest.extend({ tags: TagList });
const UntagRequest = ArnRequest.extend({ tagKeys: z.array(z.string()) });

export function addCluster(state: EcsState, world: World, request: Request): Cluster {
  const { clusterName, settings, configuration, tags } = parse(CreateRequest, request);
  const cluster: Cluster = {
    name: clusterName,
    arn: arnOf(world, `cluster/${clusterName}`),
    settings,
    ...(configuration === undefined ? {} : { configuration }),
    services: new Map(),
    status: "ACTIVE",
  };
  state.clusters.set(clusterName, cluster);
  state.tags.set(cluster.arn, tags);
  return cluster;
}

function describe(cluster: Cluster, state: EcsState): Record<string, unknown> {
  const services = [...cluster.services.values()];
  const tasks = services.flatMap((service) => service.tasks).filter(isLive);
  const running = tasks.filter((task) => task.lastStatus === "RUNNING").length;
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    ...(cluster.configuration === undefined ? {} : { configuration: cluster.configuration }),
    status: cluster.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: running,
    pendingTasksCount: tasks.length - running,
    activeServicesCount: services.filter((service) => service.status === "ACTIVE").length,
    statistics: [],
    tags: state.tags.get(cluster.arn) ?? [],
    settings: cluster.settings,
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
  };
}

function create(state: EcsState, request: Request, world: World): Record<string, unknown> {
  const name = parse(CreateRequest, request).clusterName;
  const existing = state.clusters.get(name);
  if (existing?.status === "ACTIVE") return { cluster: describe(existing, state) };
  const cluster = addCluster(state, world, request);
  world.ledger.record("ecs:CreateCluster", cluster.arn, request);
  return { cluster: describe(cluster, state) };
}

function remove(state: EcsState, request: Request, world: World): Record<string, unknown> {
  const cluster = findCluster(state, parse(ClusterRequest, request).cluster);
  if ([...cluster.services.values()].some((service) => service.status !== "INACTIVE")) {
    const message = "The Cluster cannot be deleted while Services are active.";
    throw new AwsError("ClusterContainsServicesException", message);
  }
  cluster.status = "INACTIVE";
  world.ledger.record("ecs:DeleteCluster", cluster.arn, request);
  return { cluster: describe(cluster, state) };
}

export function clusterOperations(state: EcsState): Service {
  return {
    CreateCluster: (request, world) => create(state, request, world),
    DeleteCluster: (request, world) => remove(state, request, world),
    DescribeClusters: (request, world) => {
      const { clusters } = parse(DescribeRequest, request);
      const { found, failures } = describeEach(
        clusters,
        (name) => state.clusters.get(lastOfArn(name)),
        (name) => arnOf(world, `cluster/${name}`),
      );
      return { clusters: found.map((cluster) => describe(cluster, state)), failures };
    },
    ListClusters: (request) => {
      const active = [...state.clusters.values()].filter((cluster) => cluster.status === "ACTIVE");
      const { items, next } = page(active, request);
      return { clusterArns: items.map((cluster) => cluster.arn), ...next };
    },
  };
}

function isKnown(state: EcsState, arn: string): boolean {
  if (state.definitions.has(arn)) return true;
  const clusters = [...state.clusters.values()];
  return clusters.some(
    (cluster) => cluster.arn === arn || [...cluster.services.values()].some((service) => service.arn === arn),
  );
}

function tagsOf(state: EcsState, arn: string): readonly Tag[] {
  if (!isKnown(state, arn)) {
    throw new AwsError("InvalidParameterException", "The specified resource cannot be found.");
  }
  return state.tags.get(arn) ?? [];
}

function setTags(state: EcsState, arn: string, tags: readonly Tag[]): "changed" | "same" {
  const before = JSON.stringify(tagsOf(state, arn));
  state.tags.set(arn, tags);
  return before === JSON.stringify(tags) ? "same" : "changed";
}

export function tagOperations(state: EcsState): Service {
  return {
    ListTagsForResource: (request) => ({ tags: tagsOf(state, parse(ArnRequest, request).resourceArn) }),
    TagResource: (request, world) => {
      const { resourceArn, tags } = parse(TagRequest, request);
      const merged = new Map([...tagsOf(state, resourceArn), ...tags].map((tag) => [tag.key, tag]));
      if (setTags(state, resourceArn, [...merged.values()]) === "changed") {
        world.ledger.record("ecs:TagResource", resourceArn, request);
      }
      return {};
    },
    UntagResource: (request, world) => {
      const { resourceArn, tagKeys } = parse(UntagRequest, request);
      const kept = tagsOf(state, resourceArn).filter((tag) => !tagKeys.includes(tag.key));
      if (setTags(state, resourceArn, kept) === "changed") {
        world.ledger.record("ecs:UntagResource", resourceArn, request);
      }
      return {};
    },
  };
}
