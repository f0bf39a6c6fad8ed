import type {
  DescribeSecurityGroupRulesCommandInput,
  DescribeSecurityGroupRulesCommandOutput,
  DescribeSecurityGroupsCommandInput,
  DescribeSecurityGroupsCommandOutput,
} from "@aws-sdk/client-ec2";
import type { AwsSettings } from "../../model/step.ts";
import { clientSettings } from "./clients.ts";

type Call<I, O> = (input: I, options: { readonly abortSignal?: AbortSignal }) => Promise<O>;

/** The calls to EC2 that the steps make. */
export interface Ec2 {
  readonly describeSecurityGroups: Call<
    DescribeSecurityGroupsCommandInput,
    DescribeSecurityGroupsCommandOutput
  >;
  readonly describeSecurityGroupRules: Call<
    DescribeSecurityGroupRulesCommandInput,
    DescribeSecurityGroupRulesCommandOutput
  >;
}

/** A client for EC2, its SDK loaded only now; `region` overrides the configured one. */
export async function ec2(ctx: { readonly aws: AwsSettings }, region?: string): Promise<Ec2> {
  const sdk = await import("./ec2-client.ts");
  const client = new sdk.EC2Client(clientSettings(ctx.aws, region));
  return {
    describeSecurityGroups: (input, options) =>
      client.send(new sdk.DescribeSecurityGroupsCommand(input), options),
    describeSecurityGroupRules: (input, options) =>
      client.send(new sdk.DescribeSecurityGroupRulesCommand(input), options),
  };
}
