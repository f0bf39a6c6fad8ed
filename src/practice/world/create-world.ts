/** Puts the simulated account together: the services, what they know of each other, and functions that fill them. */
import { createFaults, type Faults } from "./faults.ts";
import { createIds } from "./account/ids.ts";
import { createLedger } from "./account/ledger.ts";
import { jsonProtocol } from "./protocols/json.ts";
import type { Protocol } from "./protocols/protocol.ts";
import { ec2Protocol, queryProtocol } from "./protocols/query.ts";
import { restXmlProtocol } from "./protocols/rest-xml.ts";
import { createEc2, type Ec2 } from "./services/ec2.ts";
import { createEcs, type EcsSeed } from "./services/ecs.ts";
import { createElbv2, type Elbv2 } from "./services/elbv2.ts";
import { createLogs, type Logs } from "./services/logs.ts";
import { createS3, type S3 } from "./services/s3.ts";
import { createSecretsManager, type SecretsManager } from "./services/secrets-manager.ts";
import { createSsm, type Ssm } from "./services/ssm.ts";
import type { Service, World, WorldTime } from "./account/world.ts";

export interface WorldOptions {
  readonly url: string;
  readonly speed: number;
  readonly account?: string;
  readonly region?: string;
}

/** One service as the dispatcher needs it. */
export interface Endpoint {
  readonly protocol: Protocol;
  readonly service: Service;
}

/** The world and what belongs to it but must not be seen by the services. */
export interface WorldParts {
  readonly world: World;
  readonly faults: Faults;
  /** By the name in a signature's scope, which is also the name in front of an operation. */
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  readonly seed: Seeding;
  /** Stops the world's clock. */
  readonly stop: () => void;
}

/** Puts things into the world without a call, so that they are not in the ledger. */
export type Seeding = Pick<Ec2, "putVpc" | "putSubnet" | "putSecurityGroup" | "putSecurityGroupRule"> &
  Pick<Elbv2, "putTargetGroup"> &
  Pick<Logs, "putLogGroup"> &
  Pick<SecretsManager, "putSecret"> &
  Pick<Ssm, "putParameter"> &
  Pick<S3, "putBucket" | "putObject"> & { readonly ecs: EcsSeed };

const usual = { account: "932100007590", region: "us-east-1" };

export function createWorld(options: WorldOptions): WorldParts {
  const { url, speed, account = usual.account, region = usual.region } = options;
  const time = createTime(speed);
  const { now } = time;
  const ids = createIds();
  const ec2 = createEc2(account, region, ids);
  const elbv2 = createElbv2(account, region, ids);
  const logs = createLogs(account, region, now);
  const secrets = createSecretsManager(account, region, now, ids);
  const ssm = createSsm(account, region, now);
  const s3 = createS3(region, now);
  const world: World = {
    account,
    region,
    url,
    time,
    ledger: createLedger(now),
    ec2,
    logs,
    elbv2,
    // ECS needs the world to act on, so each is made with the other in view.
    ecs: { servingRevision: (cluster, service) => ecs.servingRevision(cluster, service) },
  };
  const ecs = createEcs(world);
  return {
    world,
    faults: createFaults(),
    endpoints: {
      ecs: json(ecs.service),
      ec2: { protocol: ec2Protocol, service: ec2.service },
      elasticloadbalancing: query(elbv2.service, "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"),
      logs: json(logs.service),
      s3: { protocol: restXmlProtocol, service: s3.service },
      secretsmanager: json(secrets.service),
      ssm: json(ssm.service),
      sts: query(stsService, "https://sts.amazonaws.com/doc/2011-06-15/"),
    },
    seed: { ...ec2, ...elbv2, ...logs, ...secrets, ...ssm, ...s3, ecs: ecs.seed },
    stop: time.stop,
  };
}

function json(service: Service): Endpoint {
  return { protocol: jsonProtocol, service };
}

function query(service: Service, namespace: string): Endpoint {
  return { protocol: queryProtocol(namespace), service };
}

/** STS, for those who ask who they are: always the on-call role of the world's account. */
const stsService: Service = {
  GetCallerIdentity: (_request, { account }) => ({
    Arn: `arn:aws:sts::${account}:assumed-role/oncall/practice`,
    UserId: "AROAPRACTICEONCALLROLE:practice",
    Account: account,
  }),
};

/** The world's clock, which can be stopped: what was to happen after that never happens. */
interface StoppableTime extends WorldTime {
  readonly stop: () => void;
}

export function createTime(speed: number): StoppableTime {
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;
  return {
    speed,
    now: () => new Date(),
    after: (seconds, act) => {
      if (stopped) return;
      const timer = setTimeout(
        () => {
          timers.delete(timer);
          act();
        },
        (seconds * 1000) / speed,
      );
      // Only the server keeps the process alive.
      timer.unref();
      timers.add(timer);
    },
    stop: () => {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
