import type { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AwsSettings } from "../../model/step.ts";
import { clientSettings } from "./settings.ts";

/** A client for load balancers, its SDK loaded only now; `region` overrides the configured one. */
export async function elbv2(
  ctx: { readonly aws: AwsSettings },
  region?: string,
): Promise<ElasticLoadBalancingV2> {
  const sdk = await import("@aws-sdk/client-elastic-load-balancing-v2");
  return new sdk.ElasticLoadBalancingV2(clientSettings(ctx.aws, region));
}
