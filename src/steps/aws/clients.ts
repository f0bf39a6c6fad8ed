/** Clients of AWS for steps, each SDK loaded when it is used; EC2's is large and has a file of its own (`ec2.ts`). */
import type { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import type { ECS } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AwsSettings } from "../../model/step.ts";

interface WithAwsSettings {
  readonly aws: AwsSettings;
}

/** What to construct a client with: a region that is not known is left for the SDK to find. */
export function clientSettings(
  aws: AwsSettings,
  region = aws.region,
): Omit<AwsSettings, "region"> & { readonly region?: string } {
  const { maxAttempts, requestHandler } = aws;
  return { maxAttempts, requestHandler, ...(region === undefined ? {} : { region }) };
}

/** A client for ECS; `region` overrides the configured one. */
export async function ecs({ aws }: WithAwsSettings, region?: string): Promise<ECS> {
  const sdk = await import("@aws-sdk/client-ecs");
  return new sdk.ECS(clientSettings(aws, region));
}

/** A client for load balancers; `region` overrides the configured one. */
export async function elbv2({ aws }: WithAwsSettings, region?: string): Promise<ElasticLoadBalancingV2> {
  const sdk = await import("@aws-sdk/client-elastic-load-balancing-v2");
  return new sdk.ElasticLoadBalancingV2(clientSettings(aws, region));
}

/** A client for CloudWatch Logs; `region` overrides the configured one. */
export async function logs({ aws }: WithAwsSettings, region?: string): Promise<CloudWatchLogs> {
  const sdk = await import("@aws-sdk/client-cloudwatch-logs");
  return new sdk.CloudWatchLogs(clientSettings(aws, region));
}
