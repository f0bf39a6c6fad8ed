import { RunbookError } from "../../model/error.ts";
import type { StepContext } from "../../model/step.ts";
import { callerIdentity } from "../aws/identity.ts";
import { actionOf, isObject, type PlanJson } from "./plan-json.ts";
import type { TerraformWorkspace } from "./workspace.ts";
import { findTaskDefinition } from "./task-definition-status.ts";

/**
 * Confirms every task definition that terraform takes for deleted: its provider takes any refusal of
 * DescribeTaskDefinition, even an expired token, for "not found", and would create another one.
 */
export async function confirmDrift(
  plan: PlanJson,
  place: TerraformWorkspace,
  ctx: StepContext,
): Promise<void> {
  const gone = plan.resource_drift.filter(
    ({ type, change }) => type === "aws_ecs_task_definition" && actionOf(change) === "delete",
  );
  if (gone.length === 0) return;
  await callerIdentity(ctx.aws, ctx.signal);
  for (const { address, change } of gone) {
    const arn = isObject(change.before) ? change.before["arn"] : undefined;
    const found = typeof arn === "string" ? await findTaskDefinition(arn, ctx, place.region) : undefined;
    ctx.evidence("drift.json", { address, arn: String(arn), status: found?.status ?? "not found" });
    if (found?.status !== "ACTIVE") continue;
    throw new RunbookError(
      "DRIFT_UNCONFIRMED",
      `terraform takes ${address} for deleted, but ECS says that ${found.arn} is ACTIVE.`,
      {
        data: { address, arn: found.arn },
      },
    );
  }
}
