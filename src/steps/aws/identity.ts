import type { AwsSettings } from "../../model/step.ts";
import { ask } from "./ask.ts";
import { clientSettings } from "./clients.ts";

/** Who AWS takes us for. */
export interface CallerIdentity {
  readonly account: string;
  readonly arn: string;
}

/** Asks STS, which needs no permission: it tells missing and expired credentials apart before anything is started. */
export async function callerIdentity(
  settings: AwsSettings,
  signal: AbortSignal = new AbortController().signal,
): Promise<CallerIdentity> {
  const what = "`sts:GetCallerIdentity`";
  const { Account, Arn } = await ask({ signal }, what, async (options) => {
    const sdk = await import("@aws-sdk/client-sts");
    return new sdk.STS(clientSettings(settings)).getCallerIdentity({}, options);
  });
  return { account: Account ?? "", arn: Arn ?? "" };
}
