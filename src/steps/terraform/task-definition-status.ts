import { RunbookError } from "../../model/error.ts";
import type { StepContext } from "../../model/step.ts";
import { ask } from "../aws/ask.ts";
import { ecs } from "../aws/clients.ts";

/** What ECS says of a task definition. */
export interface TaskDefinitionRevision {
  readonly arn: string;
  readonly status: string;
}

/** Looks a revision up by its ARN, or a family's newest active one by its name; undefined when ECS has none. */
export async function findTaskDefinition(
  arnOrFamily: string,
  ctx: StepContext,
  region: string | undefined,
): Promise<TaskDefinitionRevision | undefined> {
  const client = await ecs(ctx, regionOf(arnOrFamily) ?? region);
  try {
    const { taskDefinition } = await ask(ctx, `\`ecs:DescribeTaskDefinition\` of ${arnOrFamily}`, (options) =>
      client.describeTaskDefinition({ taskDefinition: arnOrFamily }, options),
    );
    return {
      arn: taskDefinition?.taskDefinitionArn ?? arnOrFamily,
      status: taskDefinition?.status ?? "unknown",
    };
  } catch (error) {
    if (error instanceof RunbookError && error.code === "AWS_NOT_FOUND") return undefined;
    throw error;
  } finally {
    client.destroy();
  }
}

/** The region that an ARN names. */
function regionOf(arn: string): string | undefined {
  return /^arn:[^:]*:[^:]*:([^:]+):/.exec(arn)?.[1];
}
