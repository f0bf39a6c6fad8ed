import { seedIncident, incident } from "../../src/practice/world/seed.ts";
import { startWorld, type RunningWorld } from "../../src/practice/world/server.ts";
import type { Clock } from "../../src/model/clock.ts";
import { ecs } from "../../src/steps/aws/clients.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { stepContext } from "../support/step-context.ts";

export { incident };

/** The service of the incident, as the steps name it. */
export const service = { cluster: incident.cluster, service: incident.service };
export const arnOf = (revision: number): string =>
  `arn:aws:ecs:${incident.region}:${incident.account}:task-definition/${incident.family}:${revision}`;

/** The incident's world, with every AWS client of this process pointed at it. */
export async function incidentWorld(speed = 1_000): Promise<RunningWorld> {
  const world = await startWorld({ speed, seed: (parts) => seedIncident(parts, { locked: false }) });
  pointTo(world.url);
  return world;
}

/** Sets the environment so that AWS clients talk to `url` and to nothing else. */
export function pointTo(url: string, accessKeyId = "testing"): void {
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: "testing",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  });
}

/** Registers the next revision: what is deployed, and the secret that was missing. */
export async function registerFix(): Promise<string> {
  const client = await ecs(await stepContext());
  const { taskDefinition } = await client.describeTaskDefinition({
    taskDefinition: arnOf(incident.revision),
  });
  const { variable, arn } = incident.secret;
  const containers = (taskDefinition?.containerDefinitions ?? []).map((container) => ({
    ...container,
    secrets: [...(container.secrets ?? []), { name: variable, valueFrom: arn }],
  }));
  const answer = await client.registerTaskDefinition({
    family: incident.family,
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "512",
    memory: "1024",
    containerDefinitions: containers,
  });
  return answer.taskDefinition?.taskDefinitionArn ?? "";
}

/** Lets the API's tasks reach Redis. */
export function admitToRedis({ parts }: RunningWorld): void {
  const { securityGroups, redisPort } = incident;
  parts.seed.putSecurityGroupRule({
    id: "sgr-0aaaaaaaaaaaaaaaa",
    group: securityGroups.redis,
    from: redisPort,
    peer: { kind: "group", value: securityGroups.api },
  });
}

/** A clock in which the time between two looks is short. */
export function fastClock(speed: number): Clock {
  const base = Date.now();
  return {
    now: () => new Date(base + (Date.now() - base) * speed),
    sleepUntil: (due, signal) => {
      const left = due.getTime() - (base + (Date.now() - base) * speed);
      return sleep(Math.max(0, left / speed), undefined, { signal });
    },
  };
}

/** How often the world has changed in this way. */
export function countChanges({ world }: RunningWorld, operation: string): number {
  return world.ledger.entries().filter((entry) => entry.operation === operation).length;
}
