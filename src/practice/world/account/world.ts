/**
 * The simulated AWS account. Services keep their state in plain maps of their own and meet only here:
 * each reads what it needs of the others through the small interfaces below.
 */
import type { Ledger } from "./ledger.ts";

/** What a service operation gets: the parsed request, with the member names of the AWS API. */
export type Request = Readonly<Record<string, unknown>>;

/** One operation of one service. It throws an `AwsError` to refuse, and calls `world.ledger.record` when it changed something. */
export type Operation = (request: Request, world: World) => unknown;

/** Operations by their AWS name, for example `UpdateService`. */
export type Service = Readonly<Record<string, Operation>>;

/** A refusal in AWS's terms: the wire code, a message and the HTTP status. */
export class AwsError extends Error {
  override readonly name = "AwsError";
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Time in the world: stamps are real, durations are divided by `speed`. */
export interface WorldTime {
  readonly speed: number;
  readonly now: () => Date;
  /** Runs `act` after so many simulated seconds. */
  readonly after: (seconds: number, act: () => void) => void;
}

export interface TargetHealth {
  readonly id: string;
  readonly port: number;
  readonly state: "initial" | "healthy" | "unhealthy" | "draining";
  readonly reason?: string;
}

export interface World {
  readonly account: string;
  readonly region: string;
  /** The base URL of this world, without a slash at the end. */
  readonly url: string;
  readonly time: WorldTime;
  readonly ledger: Ledger;
  readonly ec2: {
    /** Whether a rule of `group` admits members of `source` on TCP `port`. */
    readonly admits: (group: string, source: string, port: number) => boolean;
  };
  readonly logs: { readonly put: (group: string, stream: string, message: string) => void };
  readonly elbv2: { readonly setTargets: (targetGroupArn: string, targets: readonly TargetHealth[]) => void };
  readonly ecs: {
    /** The task definition that the service's running tasks were started from, or undefined when none is running. */
    readonly servingRevision: (cluster: string, service: string) => ServingRevision | undefined;
  };
}

/** What the application behind the service needs to know of the tasks that serve it. */
export interface ServingRevision {
  readonly arn: string;
  readonly revision: number;
  /** Names of the secrets of all its containers. */
  readonly secrets: readonly string[];
  readonly securityGroups: readonly string[];
  /** The log stream of a task that serves, where there is one. */
  readonly logStream?: string;
}
