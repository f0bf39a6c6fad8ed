/** A world for the ECS tests: everything around ECS is a record in memory, and time moves only when a test says so. */
import type {
  DescribeServiceDeploymentsCommandOutput,
  DescribeServiceRevisionsCommandOutput,
  DescribeServicesCommandOutput,
  DescribeTasksCommandOutput,
  ListServiceDeploymentsCommandOutput,
  ListTasksCommandOutput,
  UpdateServiceCommandOutput,
} from "@aws-sdk/client-ecs";
import { createLedger } from "../../../src/practice/world/account/ledger.ts";
import type { TargetHealth, World, WorldTime } from "../../../src/practice/world/account/world.ts";
import {
  CLUSTER,
  FAMILY,
  LOG_GROUP,
  SECURITY_GROUPS,
  SERVICE,
} from "../../../src/practice/world/account/app.ts";
import { createEcs, type Ecs } from "../../../src/practice/world/services/ecs.ts";

export const TARGET_GROUP =
  "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/api/0123456789abcdef";

interface VirtualTime extends WorldTime {
  /** Lets so many simulated seconds pass. */
  readonly pass: (seconds: number) => void;
}

function createVirtualTime(): VirtualTime {
  let now = Date.parse("2025-10-07T13:50:00Z");
  let order = 0;
  const waiting: { readonly at: number; readonly order: number; readonly act: () => void }[] = [];
  return {
    speed: 1,
    now: () => new Date(now),
    after: (seconds, act) => {
      order += 1;
      waiting.push({ at: now + seconds * 1000, order, act });
    },
    pass: (seconds) => {
      const end = now + seconds * 1000;
      for (;;) {
        waiting.sort((a, b) => a.at - b.at || a.order - b.order);
        const next = waiting[0];
        if (next === undefined || next.at > end) break;
        waiting.shift();
        now = next.at;
        next.act();
      }
      now = end;
    },
  };
}

/** An answer as it is on the wire, every member present that a test reads; the SDK's types keep the names honest. */
type Wire<T> = T extends Date
  ? number
  : T extends readonly (infer Item)[]
    ? readonly Wire<Item>[]
    : T extends object
      ? { readonly [Name in keyof T]-?: Wire<NonNullable<T[Name]>> }
      : T;

interface Answers {
  readonly DescribeServiceDeployments: DescribeServiceDeploymentsCommandOutput;
  readonly DescribeServiceRevisions: DescribeServiceRevisionsCommandOutput;
  readonly DescribeServices: DescribeServicesCommandOutput;
  readonly DescribeTasks: DescribeTasksCommandOutput;
  readonly ListServiceDeployments: ListServiceDeploymentsCommandOutput;
  readonly ListTasks: ListTasksCommandOutput;
  readonly UpdateService: UpdateServiceCommandOutput;
}
type AnswerOf<Name extends string> = Name extends keyof Answers ? Wire<Answers[Name]> : unknown;

export interface TestWorld {
  readonly world: World;
  readonly ecs: Ecs;
  readonly time: VirtualTime;
  /** Rules as `group<source`. */
  readonly rules: Set<string>;
  readonly logs: { group: string; stream: string; message: string }[];
  readonly targets: () => readonly TargetHealth[];
  readonly call: <Name extends string>(operation: Name, request?: Record<string, unknown>) => AnswerOf<Name>;
  /** The names of the calls in the ledger. */
  readonly ledger: () => string[];
}

export function createTestWorld(): TestWorld {
  const time = createVirtualTime();
  const rules = new Set<string>();
  const logs: TestWorld["logs"] = [];
  let targets: readonly TargetHealth[] = [];
  const world: World = {
    account: "123456789012",
    region: "us-east-1",
    url: "http://127.0.0.1:0",
    time,
    ledger: createLedger(time.now),
    ec2: { admits: (group, source, port) => port === 6379 && rules.has(`${group}<${source}`) },
    logs: { put: (group, stream, message) => logs.push({ group, stream, message }) },
    elbv2: {
      setTargets: (_, now) => {
        targets = now;
      },
    },
    ecs: { servingRevision: (cluster, service) => ecs.servingRevision(cluster, service) },
  };
  const ecs = createEcs(world);
  return {
    world,
    ecs,
    time,
    rules,
    logs,
    targets: () => targets,
    call: <Name extends string>(operation: Name, request: Record<string, unknown> = {}) =>
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- operations answer with unknown; the tests assert the shape
      ecs.service[operation]!(request, world) as AnswerOf<Name>,
    ledger: () => world.ledger.entries().map((entry) => entry.operation),
  };
}

export function definition(secrets: readonly string[]): Record<string, unknown> {
  return {
    family: FAMILY,
    cpu: "256",
    memory: "512",
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    containerDefinitions: [
      {
        name: "api",
        image: "hokusai/api:1",
        portMappings: [{ containerPort: 8000 }],
        secrets: secrets.map((name) => ({
          name,
          valueFrom: `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}`,
        })),
        logConfiguration: {
          logDriver: "awslogs",
          options: {
            "awslogs-group": LOG_GROUP,
            "awslogs-stream-prefix": "ecs",
            "awslogs-region": "us-east-1",
          },
        },
      },
    ],
  };
}

export const OLD_SECRETS = ["DATABASE_URL", "REDIS_HOST", "REDIS_PORT"];
export const NEW_SECRETS = [...OLD_SECRETS, "HUGGINGFACE_API_KEY"];
export const HERE = { cluster: CLUSTER, service: SERVICE };

export function allowRedis(test: TestWorld): void {
  test.rules.add(`${SECURITY_GROUPS.redis}<${SECURITY_GROUPS.api}`);
}

export const SERVICE_REQUEST = {
  cluster: CLUSTER,
  serviceName: SERVICE,
  taskDefinition: `${FAMILY}:150`,
  desiredCount: 1,
  launchType: "FARGATE",
  networkConfiguration: {
    awsvpcConfiguration: {
      subnets: ["subnet-1"],
      securityGroups: [SECURITY_GROUPS.api],
      assignPublicIp: "DISABLED",
    },
  },
  loadBalancers: [{ targetGroupArn: TARGET_GROUP, containerName: "api", containerPort: 8000 }],
  deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
};

/** The world as the incident found it: the service steady on revision 150, no rule for Redis, 151 registered. */
export function createIncident(changes: Record<string, unknown> = {}): TestWorld {
  const test = createTestWorld();
  test.ecs.seed.cluster(CLUSTER);
  test.ecs.seed.taskDefinition(FAMILY, 150, definition(OLD_SECRETS));
  test.ecs.seed.service({ ...SERVICE_REQUEST, ...changes });
  test.call("RegisterTaskDefinition", definition(NEW_SECRETS));
  return test;
}

export function describeService(test: TestWorld) {
  return test.call("DescribeServices", { cluster: CLUSTER, services: [SERVICE] }).services[0]!;
}

export function deploy(test: TestWorld, revision: number) {
  const answer = test.call("UpdateService", {
    ...HERE,
    taskDefinition: `${FAMILY}:${revision}`,
    forceNewDeployment: true,
  });
  return answer.service.deployments[0]!;
}
