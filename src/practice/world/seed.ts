/** Fills a new world: everything as terraform left it, and what went wrong since. */
import type { WorldParts } from "./create-world.ts";
import { incident } from "./incident.ts";
import { containers, executionRoleArn } from "./seed-state-api.ts";
import { groups, rules, type Rule } from "./seed-state-network.ts";
import { seedState } from "./seed-state.ts";
import { incidentTroubles, type Trouble } from "./troubles.ts";

export { incident } from "./incident.ts";

export interface SeedOptions {
  /** Whether the dead holder's lock lies on the state. */
  readonly locked: boolean;
}

/** The incident as it was found, or after its lock was removed. */
export function seedIncident(parts: WorldParts, { locked }: SeedOptions): void {
  seedWorld(
    parts,
    incidentTroubles.filter((trouble) => locked || trouble !== "state-locked"),
  );
}

export function seedWorld(parts: WorldParts, wrong: readonly Trouble[]): void {
  seedNetwork(parts, wrong);
  seedAround(parts, wrong);
  seedEcs(parts, wrong);
  const { bucket, key, lockKey } = incident.terraform;
  // The dead holder never wrote: the state is older than its lock.
  const modified = new Date(lockedAt(parts).getTime() - 60_000);
  parts.seed.putObject({ bucket, key, body: seedState(wrong), modified });
  if (wrong.includes("state-locked"))
    parts.seed.putObject({ bucket, key: lockKey, body: JSON.stringify(staleLock(parts)) });
}

function seedNetwork({ seed }: WorldParts, wrong: readonly Trouble[]): void {
  const { vpc, subnets, securityGroups, redisPort } = incident;
  seed.putVpc({ id: vpc, cidr: "10.0.0.0/16", tags: { Name: "hokusai-development" } });
  seed.putSubnet({ id: subnets.a, vpc, cidr: "10.0.1.0/24", zone: "us-east-1a" });
  seed.putSubnet({ id: subnets.b, vpc, cidr: "10.0.2.0/24", zone: "us-east-1b" });
  for (const [id, name, description] of Object.values(groups))
    seed.putSecurityGroup({ id, name, vpc, description });
  const put = ({ id, source, description }: Rule): void =>
    seed.putSecurityGroupRule({
      id,
      group: securityGroups.redis,
      from: redisPort,
      peer: { kind: "group", value: source },
      description,
    });
  put(rules.redis_from_ecs_legacy);
  if (!wrong.includes("redis-closed")) put(rules.redis_from_data_pipeline_ecs);
}

function seedAround({ seed, world }: WorldParts, wrong: readonly Trouble[]): void {
  const { logGroup, secret, parameter, targetGroup, vpc, patterns, revision } = incident;
  seed.putLogGroup({ name: logGroup, retentionInDays: 14 });
  const stream = `ecs/api/${revision}`;
  world.logs.put(logGroup, stream, "INFO:uvicorn.error:Application startup complete.");
  for (let count = 0; count < 3 && wrong.includes("secret-missing"); count += 1) {
    world.logs.put(logGroup, stream, `ERROR:src.api.models:${patterns.missingToken}`);
  }
  // The value never matters: nothing in the world calls HuggingFace.
  seed.putSecret({ name: secret.name, arn: secret.arn, value: "practice-placeholder" });
  // Made by hand: terraform wants to create it and cannot.
  seed.putParameter({ name: parameter, value: '{"beta":true}' });
  seed.putTargetGroup({
    arn: targetGroup.arn,
    name: targetGroup.name,
    vpc,
    port: targetGroup.port,
    healthCheckPath: incident.paths.health,
    settings: { HealthyThresholdCount: 2, UnhealthyThresholdCount: 3 },
  });
}

function seedEcs({ seed }: WorldParts, wrong: readonly Trouble[]): void {
  const { cluster, service, family, revision, subnets, targetGroup } = incident;
  const clusterArn = seed.ecs.cluster(cluster);
  const release = {
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "512",
    memory: "1024",
    executionRoleArn: executionRoleArn,
  };
  // It had the secret, so it can only have run where Redis could be reached.
  if (!wrong.includes("redis-closed"))
    seed.ecs.taskDefinition(family, revision - 1, { ...release, containerDefinitions: containers([]) });
  const arn = seed.ecs.taskDefinition(family, revision, {
    ...release,
    containerDefinitions: containers(wrong),
  });
  seed.ecs.service({
    cluster: clusterArn,
    serviceName: service,
    taskDefinition: arn,
    desiredCount: 1,
    launchType: "FARGATE",
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [subnets.a, subnets.b],
        securityGroups: [incident.securityGroups.api],
        assignPublicIp: "DISABLED",
      },
    },
    loadBalancers: [
      { targetGroupArn: targetGroup.arn, containerName: incident.container, containerPort: targetGroup.port },
    ],
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: true, rollback: true },
      maximumPercent: 200,
      minimumHealthyPercent: 100,
    },
  });
}

/** A lock whose holder is long gone; terraform takes it for real. */
function staleLock(parts: WorldParts): unknown {
  const { id, who, operation } = incident.lock;
  const { bucket, key } = incident.terraform;
  return {
    ID: id,
    Operation: operation,
    Info: "",
    Who: who,
    Version: "1.11.4",
    Created: lockedAt(parts).toISOString(),
    Path: `${bucket}/${key}`,
  };
}

function lockedAt({ world }: WorldParts): Date {
  return new Date(world.time.now().getTime() - incident.lock.ageSeconds * 1_000);
}
