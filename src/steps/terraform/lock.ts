import type { S3 } from "@aws-sdk/client-s3";
import { RunbookError } from "../../model/error.ts";
import type { StepContext } from "../../model/step.ts";
import { ask } from "../aws/ask.ts";
import { clientSettings } from "../aws/clients.ts";
import { type Backend, readableLock, readBackend } from "./backend.ts";
import { fromObject, type LockRecord } from "./lock-record.ts";
import type { TerraformWorkspace } from "./workspace.ts";

/** The lock and the state object at one moment. */
export interface LockLook {
  /** Null when nobody holds it. */
  readonly lock: LockRecord | null;
  readonly at: Date;
  /** When the state was last written; null before the first apply. */
  readonly stateModified: Date | null;
  readonly stateTag: string | null;
}

/** Reads the lock object and the state object's age, which takes milliseconds; a plan that fails takes half a second. */
export async function lookAtLock(place: TerraformWorkspace, ctx: StepContext): Promise<LockLook> {
  const where = await readableLock(place);
  return look(where, place, ctx);
}

/** The holder, or undefined when nobody holds it or the backend does not let us know. */
export async function holderIfReadable(
  place: TerraformWorkspace,
  ctx: StepContext,
): Promise<LockRecord | undefined> {
  const { s3 } = await readBackend(place);
  return s3 === null ? undefined : ((await look(s3, place, ctx)).lock ?? undefined);
}

async function look(
  where: NonNullable<Backend["s3"]>,
  place: TerraformWorkspace,
  ctx: StepContext,
): Promise<LockLook> {
  const { bucket, lockKey, stateKey, region } = where;
  const client = await connect(ctx, region ?? place.region);
  try {
    const lock = await optional(
      ask(ctx, `\`s3:GetObject\` of s3://${bucket}/${lockKey}`, async (options) => {
        const { Body } = await client.getObject({ Bucket: bucket, Key: lockKey }, options);
        return fromObject((await Body?.transformToString()) ?? "");
      }),
    );
    const state = await optional(
      ask(ctx, `\`s3:HeadObject\` of s3://${bucket}/${stateKey}`, (options) =>
        client.headObject({ Bucket: bucket, Key: stateKey }, options),
      ),
    );
    return {
      lock: lock ?? null,
      at: ctx.clock.now(),
      stateModified: state?.LastModified ?? null,
      stateTag: state?.ETag ?? null,
    };
  } finally {
    client.destroy();
  }
}

async function connect(ctx: StepContext, region: string | undefined): Promise<S3> {
  const sdk = await import("@aws-sdk/client-s3");
  return new sdk.S3(clientSettings(ctx.aws, region));
}

/** An object that is not there is an answer; a bucket that is not there is an error. */
async function optional<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    const name = error instanceof RunbookError ? error.data["name"] : undefined;
    if (name === "NoSuchKey" || name === "NotFound") return undefined;
    throw error;
  }
}
