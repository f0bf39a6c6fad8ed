import { ecsService } from "./ecs-service.ts";
import type { ResourceType } from "./resource-type.ts";
import { securityGroupRule } from "./security-group-rule.ts";
import { ssmParameter } from "./ssm-parameter.ts";
import { taskDefinition } from "./task-definition.ts";

const types: ReadonlyMap<string, ResourceType> = new Map([
  ["aws_ecs_service", ecsService],
  ["aws_ecs_task_definition", taskDefinition],
  ["aws_security_group_rule", securityGroupRule],
  ["aws_ssm_parameter", ssmParameter],
]);

/** The kind of an address, or undefined for those that the incident never changes. */
export function typeOf(address: string): ResourceType | undefined {
  return types.get(address.split(".")[0] ?? "");
}
