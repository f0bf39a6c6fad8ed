import type { EC2 } from "@aws-sdk/client-ec2";
import type { AwsSettings } from "../../model/step.ts";
import { clientSettings } from "./settings.ts";

/** A client for EC2, its SDK loaded only now; `region` overrides the configured one. */
export async function ec2(ctx: { readonly aws: AwsSettings }, region?: string): Promise<EC2> {
  const sdk = await import("@aws-sdk/client-ec2");
  return new sdk.EC2(clientSettings(ctx.aws, region));
}
