import type { ECS, ServiceDeployment, ServiceDeploymentBrief } from "@aws-sdk/client-ecs";
import { ask } from "../aws/ask.ts";
import type { ServiceName, Abortable } from "./service.ts";

/** A deployment and ECS's record of it are created in one go, but each has a time of its own. */
const apart = 2_000;

/** ECS's own history of a service since `after`, newest first. */
export async function listServiceDeployments(
  ecs: ECS,
  ctx: Abortable,
  { cluster, service }: ServiceName,
  after: Date,
): Promise<readonly ServiceDeploymentBrief[]> {
  const what = `\`ecs:ListServiceDeployments\` of \`${cluster}/${service}\``;
  const found: ServiceDeploymentBrief[] = [];
  let nextToken: string | undefined;
  do {
    const request = { cluster, service, createdAt: { after }, nextToken };
    const answer = await ask(ctx, what, (options) => ecs.listServiceDeployments(request, options));
    found.push(...(answer.serviceDeployments ?? []));
    nextToken = answer.nextToken;
  } while (nextToken !== undefined);
  return found;
}

/** The record of the deployment that was created at `createdAt`: the two share no id. */
export async function findServiceDeployment(
  ecs: ECS,
  ctx: Abortable,
  name: ServiceName,
  createdAt: Date,
): Promise<string | undefined> {
  const distance = ({ createdAt: at }: ServiceDeploymentBrief): number =>
    at === undefined ? Infinity : Math.abs(at.getTime() - createdAt.getTime());
  const all = await listServiceDeployments(ecs, ctx, name, new Date(createdAt.getTime() - apart));
  const [nearest] = all.toSorted((a, b) => distance(a) - distance(b));
  return nearest && distance(nearest) <= apart ? nearest.serviceDeploymentArn : undefined;
}

export async function readServiceDeployment(
  ecs: ECS,
  ctx: Abortable,
  arn: string,
): Promise<ServiceDeployment | undefined> {
  const what = `\`ecs:DescribeServiceDeployments\` of \`${arn}\``;
  const answer = await ask(ctx, what, (options) =>
    ecs.describeServiceDeployments({ serviceDeploymentArns: [arn] }, options),
  );
  return answer.serviceDeployments?.[0];
}

/** Which task definition a service revision stands for. */
export async function taskDefinitionOfRevision(
  ecs: ECS,
  ctx: Abortable,
  arn: string,
): Promise<string | undefined> {
  const what = `\`ecs:DescribeServiceRevisions\` of \`${arn}\``;
  const answer = await ask(ctx, what, (options) =>
    ecs.describeServiceRevisions({ serviceRevisionArns: [arn] }, options),
  );
  return answer.serviceRevisions?.[0]?.taskDefinition;
}
