import { awsLine } from "./parts/shell.ts";
import type { SecurityGroupRule } from "@aws-sdk/client-ec2";
import { z } from "zod";
import type { JsonObject } from "../model/json.ts";
import { defineStep, type StepContext } from "../model/step.ts";
import { ask } from "./aws/ask.ts";
import { ec2, type Ec2 } from "./aws/ec2.ts";
import { notFound } from "./aws/failure.ts";
import { region } from "./parts/shapes.ts";

const groupId = z
  .string()
  .regex(/^sg-[0-9a-f]+$/, "must be a security group id such as sg-0454e74e2924a7754");
const everybody = new Set(["0.0.0.0/0", "::/0"]);

const input = z.strictObject({
  /** Whose ingress rules are read. */
  group: groupId,
  /** Whose members want in. */
  source: groupId,
  port: z.int().min(0).max(65_535),
  protocol: z.enum(["tcp", "udp"]).default("tcp"),
  region,
});
type IngressQuery = z.output<typeof input>;

/**
 * Does security group `group` admit the members of `source` on a port? Rules count that name `source`, or that admit
 * every address; narrower address ranges and prefix lists do not, because they say nothing about a group.
 */
export const securityGroupIngress = defineStep({
  kind: "ec2.security-group-ingress",
  effect: "read",
  risk: "none",
  timeout: "1m",
  input,
  output: z.strictObject({
    admitted: z.boolean(),
    /** The rules that admit. */
    ruleIds: z.array(z.string()),
    group: z.string(),
    source: z.string(),
    port: z.int(),
    /** How many ingress rules the group has. */
    rules: z.int(),
  }),
  describe: ({ group, source, port, protocol }) =>
    `see whether ${group} admits ${source} on ${protocol} ${port}`,
  commands: ({ group, region: where }) => [
    awsLine("ec2 describe-security-group-rules", { filters: `Name=group-id,Values=${group}`, region: where }),
  ],
  run: async (question, ctx) => {
    const client = await ec2(ctx, question.region);
    await expectGroup(client, ctx, question.group);
    const rules = (await readRules(client, ctx, question.group)).filter((rule) => rule.IsEgress !== true);
    const admitting = rules.filter((rule) => admits(rule, question));
    const { group, source, port } = question;
    ctx.evidence("ingress-rules.json", { group, source, port, rules: rules.map(extract) });
    return {
      admitted: admitting.length > 0,
      ruleIds: admitting.flatMap((rule) => rule.SecurityGroupRuleId ?? []),
      group,
      source,
      port,
      rules: rules.length,
    };
  },
});

/** A group that does not exist has no rules either, which must not read as "not admitted". */
async function expectGroup(client: Ec2, ctx: StepContext, group: string): Promise<void> {
  const what = `\`ec2:DescribeSecurityGroups\` of \`${group}\``;
  const answer = await ask(ctx, what, (options) =>
    client.describeSecurityGroups({ GroupIds: [group] }, options),
  );
  if (!answer.SecurityGroups?.length)
    throw notFound(what, "there is no such group in this account and region");
}

async function readRules(
  client: Ec2,
  ctx: StepContext,
  group: string,
): Promise<readonly SecurityGroupRule[]> {
  const what = `\`ec2:DescribeSecurityGroupRules\` of \`${group}\``;
  const rules: SecurityGroupRule[] = [];
  let NextToken: string | undefined;
  do {
    const request = { Filters: [{ Name: "group-id", Values: [group] }], MaxResults: 1_000, NextToken };
    const answer = await ask(ctx, what, (options) => client.describeSecurityGroupRules(request, options));
    rules.push(...(answer.SecurityGroupRules ?? []));
    NextToken = answer.NextToken === "" ? undefined : answer.NextToken;
  } while (NextToken !== undefined);
  return rules;
}

function admits(rule: SecurityGroupRule, { source, port, protocol }: IngressQuery): boolean {
  const anyProtocol = rule.IpProtocol === "-1";
  const { FromPort: from = -1, ToPort: to = -1 } = rule;
  const covers = anyProtocol || (rule.IpProtocol === protocol && from <= port && port <= to);
  const range = rule.CidrIpv4 ?? rule.CidrIpv6 ?? "";
  return covers && (rule.ReferencedGroupInfo?.GroupId === source || everybody.has(range));
}

function extract(rule: SecurityGroupRule): JsonObject {
  return {
    id: rule.SecurityGroupRuleId ?? "",
    protocol: rule.IpProtocol ?? "",
    from: rule.FromPort ?? null,
    to: rule.ToPort ?? null,
    source: rule.ReferencedGroupInfo?.GroupId ?? rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.PrefixListId ?? "",
    description: rule.Description ?? "",
  };
}
