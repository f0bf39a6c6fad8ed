import type { ECS } from "@aws-sdk/client-ecs";
import type { AwsSettings } from "../../model/step.ts";
import { clientSettings } from "./settings.ts";

/** A client for ECS, its SDK loaded only now; `region` overrides the configured one. */
export async function ecs(ctx: { readonly aws: AwsSettings }, region?: string): Promise<ECS> {
  const sdk = await import("@aws-sdk/client-ecs");
  return new sdk.ECS(clientSettings(ctx.aws, region));
}
