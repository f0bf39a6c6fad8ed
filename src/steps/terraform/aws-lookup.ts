/** What AWS says of the objects that terraform reports; only for types on which an incident turns. */
import type { SecurityGroupRule } from "@aws-sdk/client-ec2";
import { RunbookError } from "../../model/error.ts";
import type { StepContext } from "../../model/step.ts";
import { ask } from "../aws/ask.ts";
import { ec2 } from "../aws/ec2.ts";
import { isObject } from "./plan-json.ts";
import { findTaskDefinition } from "./task-definition-status.ts";

export type ResourceAttributes = Readonly<Record<string, unknown>>;

export interface AwsFinding {
  readonly verdict: "confirmed" | "refuted" | "unknown";
  readonly detail: string;
}

interface AwsResourceType {
  /** Whether AWS has what the state says. */
  readonly confirm: (state: ResourceAttributes, place: AwsQuery) => Promise<AwsFinding>;
  /** Whether AWS already shows the effect of a planned change that the state does not know of. */
  readonly isVisible: (change: AttributeChange, place: AwsQuery) => Promise<boolean>;
}

export interface AwsQuery {
  readonly ctx: StepContext;
  readonly region: string | undefined;
}

interface AttributeChange {
  readonly before: ResourceAttributes;
  readonly after: ResourceAttributes;
}

const types: Readonly<Record<string, AwsResourceType>> = {
  aws_ecs_task_definition: {
    confirm: async (state, { ctx, region }) => {
      const arn = text(state["arn"]);
      const status = (await findTaskDefinition(arn, ctx, region))?.status ?? "not there";
      return {
        verdict: status === "ACTIVE" ? "confirmed" : "refuted",
        detail: `ECS says that ${arn} is ${status}.`,
      };
    },
    isVisible: async ({ before, after }, { ctx, region }) => {
      const old = text(before["arn"]);
      const family = text(after["family"] ?? before["family"]);
      if (old !== "" && (await findTaskDefinition(old, ctx, region))?.status !== "ACTIVE") return true;
      const newest = family === "" ? undefined : await findTaskDefinition(family, ctx, region);
      return newest !== undefined && newest.arn !== old;
    },
  },
  aws_security_group_rule: {
    confirm: async (state, place) => {
      const rule = await findRule(state, place);
      const where = `security group ${text(state["security_group_id"])}`;
      return rule === undefined
        ? { verdict: "refuted", detail: `EC2 shows no such rule in ${where}.` }
        : { verdict: "confirmed", detail: `EC2 shows rule ${rule} in ${where}.` };
    },
    isVisible: async ({ after }, place) => (await findRule(after, place)) !== undefined,
  },
};

/** Whether changes of this type can be looked up. */
export function canLookUp(type: string): boolean {
  return type in types;
}

/** Asks AWS whether it has the object; undefined for types that it is not asked about. */
export async function confirmInAws(
  type: string,
  state: ResourceAttributes,
  place: AwsQuery,
): Promise<AwsFinding | undefined> {
  try {
    return await types[type]?.confirm(state, place);
  } catch (error) {
    // The apply is over: a refusal to show its effect must not hide what it did.
    if (error instanceof RunbookError && error.code !== "STEP_STOPPED") {
      return { verdict: "unknown", detail: error.message };
    }
    throw error;
  }
}

/** Whether AWS shows the effect of a planned change although the state does not know of it. */
export async function isVisibleInAws(
  type: string,
  change: { readonly before?: unknown; readonly after?: unknown },
  place: AwsQuery,
): Promise<boolean> {
  const [before, after] = [change.before, change.after].map((value) => (isObject(value) ? value : {}));
  return (await types[type]?.isVisible({ before: before ?? {}, after: after ?? {} }, place)) ?? false;
}

/** The id of the rule in AWS that says what the attributes say. */
async function findRule(
  attributes: ResourceAttributes,
  { ctx, region }: AwsQuery,
): Promise<string | undefined> {
  const group = text(attributes["security_group_id"]);
  if (group === "") return undefined;
  const client = await ec2(ctx, region);
  const { SecurityGroupRules = [] } = await ask(
    ctx,
    `\`ec2:DescribeSecurityGroupRules\` of ${group}`,
    (options) =>
      client.describeSecurityGroupRules({ Filters: [{ Name: "group-id", Values: [group] }] }, options),
  );
  const id = text(attributes["security_group_rule_id"]);
  const found = SecurityGroupRules.find((rule) =>
    id === "" ? isRule(attributes, rule) : rule.SecurityGroupRuleId === id,
  );
  return found?.SecurityGroupRuleId;
}

function isRule(wanted: ResourceAttributes, rule: SecurityGroupRule): boolean {
  const source = text(wanted["source_security_group_id"]);
  const ranges = Array.isArray(wanted["cidr_blocks"]) ? wanted["cidr_blocks"] : [];
  const isFrom =
    source === "" ? ranges.includes(rule.CidrIpv4) : rule.ReferencedGroupInfo?.GroupId === source;
  return (
    isFrom &&
    rule.IsEgress === (wanted["type"] === "egress") &&
    rule.IpProtocol === text(wanted["protocol"]) &&
    rule.FromPort === wanted["from_port"] &&
    rule.ToPort === wanted["to_port"]
  );
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
