/** What all ECS operations share: reading a request, naming things and cutting lists into pages. */
import { z } from "zod";
import { lastOfArn } from "../../../model/arn.ts";
import { AwsError, type Request, type World } from "../account/world.ts";
import type { Cluster, EcsService, EcsState } from "./ecs-state.ts";

/** Reads a request by a schema and refuses what does not fit as ECS does. */
export function parse<T>(schema: z.ZodType<T>, request: Request): T {
  const result = schema.safeParse(request);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new AwsError(
    "InvalidParameterException",
    `${issue?.path.join(".") ?? "request"}: ${issue?.message ?? ""}`,
  );
}

export const TagList = z.array(z.object({ key: z.string(), value: z.string().default("") }));

export function arnOf(world: World, resource: string): string {
  return `arn:aws:ecs:${world.region}:${world.account}:${resource}`;
}

/** AWS JSON 1.1 writes a time as seconds since the epoch. */
export function seconds(date: Date): number {
  return date.getTime() / 1000;
}

export function findCluster(state: EcsState, nameOrArn: string | undefined): Cluster {
  const cluster = state.clusters.get(lastOfArn(nameOrArn ?? "default"));
  if (cluster?.status !== "ACTIVE") throw new AwsError("ClusterNotFoundException", "Cluster not found.");
  return cluster;
}

export function findService(state: EcsState, cluster: string | undefined, service: string): EcsService {
  const found = findCluster(state, cluster).services.get(lastOfArn(service));
  if (found === undefined) throw new AwsError("ServiceNotFoundException", "Service not found.");
  return found;
}

const Paging = z.object({ maxResults: z.number().int().optional(), nextToken: z.string().optional() });

/** Cuts a list as `maxResults` and `nextToken` ask, with ECS's largest page as the default. */
export function page<T>(
  items: readonly T[],
  request: Request,
): { readonly items: readonly T[]; readonly next: { readonly nextToken?: string } } {
  const { maxResults, nextToken } = parse(Paging, request);
  const start = nextToken === undefined ? 0 : Number(nextToken);
  if (!Number.isSafeInteger(start) || start < 0) {
    throw new AwsError("InvalidParameterException", "Invalid token.");
  }
  const end = start + (maxResults ?? 100);
  return { items: items.slice(start, end), next: end < items.length ? { nextToken: String(end) } : {} };
}

/** Answers a `Describe` of many: what was found, and a `MISSING` failure for each of the others. */
export function describeEach<T>(
  names: readonly string[],
  find: (name: string) => T | undefined,
  arn: (name: string) => string,
): { readonly found: readonly T[]; readonly failures: readonly { arn: string; reason: "MISSING" }[] } {
  const results = names.map((name) => ({ name, value: find(name) }));
  return {
    found: results.flatMap(({ value }) => (value === undefined ? [] : [value])),
    failures: results.flatMap(({ name, value }) =>
      value === undefined
        ? [{ arn: name.startsWith("arn:") ? name : arn(name), reason: "MISSING" as const }]
        : [],
    ),
  };
}
