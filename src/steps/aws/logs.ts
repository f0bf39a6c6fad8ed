import type { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import type { AwsSettings } from "../../model/step.ts";
import { clientSettings } from "./settings.ts";

/** A client for CloudWatch Logs, its SDK loaded only now; `region` overrides the configured one. */
export async function logs(ctx: { readonly aws: AwsSettings }, region?: string): Promise<CloudWatchLogs> {
  const sdk = await import("@aws-sdk/client-cloudwatch-logs");
  return new sdk.CloudWatchLogs(clientSettings(ctx.aws, region));
}
