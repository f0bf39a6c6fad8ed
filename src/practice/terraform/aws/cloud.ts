import type { EC2Client } from "@aws-sdk/client-ec2";
import type { ECSClient } from "@aws-sdk/client-ecs";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { awsFailure } from "./aws-failure.ts";
import { failure } from "../terminal/diagnostic.ts";

/** The AWS clients of one command, each loaded when it is first needed: loading them all takes a second. */
export interface Cloud {
  readonly ec2: () => Promise<EC2Client>;
  readonly ecs: () => Promise<ECSClient>;
  readonly s3: () => Promise<S3Client>;
  readonly ssm: () => Promise<SSMClient>;
}

export function openCloud(region: string): Cloud {
  // Time limits, because a world that hangs must not hang the stand-in for ever.
  const options = {
    region,
    requestHandler: { connectionTimeout: 5000, requestTimeout: 120_000, throwOnRequestTimeout: true },
  };
  return {
    ec2: once(async () => new (await import("./ec2-client.ts")).EC2Client(options)),
    ecs: once(async () => new (await import("@aws-sdk/client-ecs")).ECSClient(options)),
    ssm: once(async () => new (await import("@aws-sdk/client-ssm")).SSMClient(options)),
    s3: once(async () => {
      const { S3Client } = await import("@aws-sdk/client-s3");
      return new S3Client({ ...options, forcePathStyle: true, requestChecksumCalculation: "WHEN_REQUIRED" });
    }),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** Asks STS who calls, as the real backend does before it touches S3: expired credentials show here first. */
export async function checkIdentity(region: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (!env["AWS_ACCESS_KEY_ID"] && !env["AWS_PROFILE"]) {
    throw failure("No valid credential sources found", "Neither AWS_ACCESS_KEY_ID nor AWS_PROFILE is set.\n");
  }
  const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
  try {
    await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
  } catch (cause) {
    const doing = "validating provider credentials: retrieving caller identity from STS";
    throw awsFailure(doing, "STS: GetCallerIdentity", cause);
  }
}
