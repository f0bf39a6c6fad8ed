import type { AwsSettings } from "../../model/step.ts";

/** What to construct a client with: a region that is not known is left for the SDK to find. */
export function clientSettings(
  aws: AwsSettings,
  region = aws.region,
): Omit<AwsSettings, "region"> & { readonly region?: string } {
  const { maxAttempts, requestHandler } = aws;
  return { maxAttempts, requestHandler, ...(region === undefined ? {} : { region }) };
}
