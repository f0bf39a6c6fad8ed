import { crc32 } from "node:zlib";
import type { SecurityGroupRule } from "@aws-sdk/client-ec2";
import { awsFailure, awsText, errorName } from "../aws/aws-failure.ts";
import type { Attributes } from "../config/config.ts";
import { failure } from "../terminal/diagnostic.ts";
import { type Calls, number, type ResourceType, text } from "./resource-type.ts";

/** `aws_security_group_rule`, for the only shape of the fixture: ingress from another security group. */
export const securityGroupRule: ResourceType = {
  schemaVersion: 2,
  computed: ["id", "security_group_rule_id"],
  defaults: {
    cidr_blocks: null,
    description: null,
    ipv6_cidr_blocks: null,
    prefix_list_ids: null,
    self: false,
    timeouts: null,
  },
  updatable: [],
  read,
  create,
  update: async (attributes) => Promise.resolve(attributes),
  destroy,
};

async function read(attributes: Attributes, { cloud, signal }: Calls): Promise<Attributes | undefined> {
  const { DescribeSecurityGroupRulesCommand } = await import("../aws/ec2-client.ts");
  const group = text(attributes, "security_group_id");
  const Filters = [{ Name: "group-id", Values: [group] }];
  try {
    const ec2 = await cloud.ec2();
    const found = await ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }), { abortSignal: signal });
    const rule = (found.SecurityGroupRules ?? []).find((candidate) => isRule(candidate, attributes));
    if (rule === undefined) return undefined;
    return { ...attributes, security_group_rule_id: rule.SecurityGroupRuleId ?? "" };
  } catch (cause) {
    throw awsFailure(`reading Security Group (${group}) Rules`, "EC2: DescribeSecurityGroupRules", cause);
  }
}

function isRule(rule: SecurityGroupRule, attributes: Attributes): boolean {
  return (
    rule.IsEgress !== true &&
    rule.IpProtocol === text(attributes, "protocol") &&
    rule.FromPort === number(attributes, "from_port") &&
    rule.ToPort === number(attributes, "to_port") &&
    rule.ReferencedGroupInfo?.GroupId === text(attributes, "source_security_group_id")
  );
}

async function create(values: Attributes, { cloud, signal }: Calls): Promise<Attributes> {
  const { AuthorizeSecurityGroupIngressCommand } = await import("../aws/ec2-client.ts");
  const group = text(values, "security_group_id");
  try {
    const ec2 = await cloud.ec2();
    const made = await ec2.send(new AuthorizeSecurityGroupIngressCommand(permission(values)), {
      abortSignal: signal,
    });
    const rule = made.SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? "";
    return { ...securityGroupRule.defaults, ...values, id: ruleId(values), security_group_rule_id: rule };
  } catch (cause) {
    if (errorName(cause) !== "InvalidPermission.Duplicate") {
      throw awsFailure("authorizing Security Group Rule", "EC2: AuthorizeSecurityGroupIngress", cause);
    }
    const found = `[WARN] A duplicate Security Group rule was found on (${group}).`;
    throw failure(`${found} Error: ${awsText("EC2: AuthorizeSecurityGroupIngress", cause)}`);
  }
}

async function destroy(attributes: Attributes, { cloud, signal }: Calls): Promise<void> {
  const { RevokeSecurityGroupIngressCommand } = await import("../aws/ec2-client.ts");
  try {
    const ec2 = await cloud.ec2();
    await ec2.send(new RevokeSecurityGroupIngressCommand(permission(attributes)), { abortSignal: signal });
  } catch (cause) {
    throw awsFailure("revoking Security Group Rule", "EC2: RevokeSecurityGroupIngress", cause);
  }
}

function permission(values: Attributes) {
  const pair = {
    GroupId: text(values, "source_security_group_id"),
    Description: text(values, "description"),
  };
  const ports = { FromPort: number(values, "from_port"), ToPort: number(values, "to_port") };
  return {
    GroupId: text(values, "security_group_id"),
    IpPermissions: [{ IpProtocol: text(values, "protocol"), ...ports, UserIdGroupPairs: [pair] }],
  };
}

/** The provider's own id for a rule, so that a state written here reads the same there. */
function ruleId(values: Attributes): string {
  const ports = `${number(values, "from_port")}-${number(values, "to_port")}-${text(values, "protocol")}`;
  const source = text(values, "source_security_group_id");
  return `sgrule-${crc32(`${text(values, "security_group_id")}-${ports}-${text(values, "type")}-${source}--`)}`;
}
