import type { ECS, Task } from "@aws-sdk/client-ecs";
import { lastOfArn } from "../../model/arn.ts";
import type { StepContext } from "../../model/step.ts";
import { ask } from "../aws/ask.ts";
import type { ServiceName } from "./service.ts";

export interface StoppedTask {
  readonly id: string;
  readonly taskDefinition: string;
  readonly startedBy: string;
  readonly stoppedAt: string;
  readonly reason: string;
  readonly containers: readonly {
    readonly name: string;
    readonly exitCode: number | null;
    readonly reason: string;
  }[];
}

/** The tasks that a deployment started and that have stopped; ECS remembers them for about an hour. */
export async function readStoppedTasks(
  ecs: ECS,
  ctx: Pick<StepContext, "signal">,
  { cluster, service }: ServiceName,
  deploymentId: string,
): Promise<readonly StoppedTask[]> {
  const where = `of \`${cluster}/${service}\``;
  const listed = await ask(ctx, `\`ecs:ListTasks\` ${where}`, (options) =>
    ecs.listTasks({ cluster, serviceName: service, desiredStatus: "STOPPED" }, options),
  );
  const tasks = listed.taskArns ?? [];
  if (tasks.length === 0) return [];
  const described = await ask(ctx, `\`ecs:DescribeTasks\` ${where}`, (options) =>
    ecs.describeTasks({ cluster, tasks: tasks.slice(0, 100) }, options),
  );
  return (described.tasks ?? []).filter(({ startedBy }) => startedBy === deploymentId).map(extract);
}

function extract(task: Task): StoppedTask {
  return {
    id: lastOfArn(task.taskArn ?? ""),
    taskDefinition: task.taskDefinitionArn ?? "",
    startedBy: task.startedBy ?? "",
    stoppedAt: (task.stoppedAt ?? task.stoppingAt)?.toISOString() ?? "",
    reason: task.stoppedReason ?? "",
    containers: (task.containers ?? []).map(({ name, exitCode, reason }) => ({
      name: name ?? "",
      exitCode: exitCode ?? null,
      reason: reason ?? "",
    })),
  };
}

/** The reason in one line, with what the containers said where they said something. */
export function stopReason({ reason, containers }: StoppedTask): string {
  const words = containers.filter((container) => container.reason !== "");
  return [reason, ...words.map((container) => `${container.name}: ${container.reason}`)].join("; ");
}
