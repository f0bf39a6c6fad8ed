/**
 * State and lock in S3, as terraform's backend with `use_lockfile` keeps them: the state is one object, the lock
 * another beside it that is created only if absent, and removed after its ID was compared.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { awsFailure, awsText, errorName, refusalOf } from "../aws/aws-failure.ts";
import type { Cloud } from "../aws/cloud.ts";
import type { Config } from "../config/config.ts";
import { failure, PlainFailure } from "../terminal/diagnostic.ts";
import { LockInfo, lockText, newLock } from "./lock.ts";
import { serialize, State } from "./state.ts";
import type { View } from "../terminal/view.ts";

/** How long to try for the lock, whom to tell, and what ends the waiting early. */
export interface LockWait {
  readonly timeout: number;
  readonly view: View;
  readonly signal: AbortSignal;
}

export interface Backend {
  /** Takes the lock, trying again for `timeout` seconds, and returns its ID; tells `view` when it takes a while. */
  readonly lock: (operation: string, wait: LockWait) => Promise<string>;
  readonly unlock: (id: string) => Promise<void>;
  readonly read: () => Promise<State | undefined>;
  readonly write: (state: State) => Promise<void>;
  /** Fails when the bucket cannot be listed, which is how `init` finds out. */
  readonly list: () => Promise<void>;
}

interface Place {
  readonly cloud: Cloud;
  readonly bucket: string;
  readonly key: string;
}

const lockThreshold = 400;

export function openBackend(config: Config["backend"], cloud: Cloud, workspace: string): Backend {
  const key = workspace === "default" ? config.key : `env:/${workspace}/${config.key}`;
  const place = { cloud, bucket: config.bucket, key };
  return {
    lock: (operation, wait) => acquire(place, operation, wait),
    unlock: (id) => release(place, id),
    read: () => readState(place),
    write: (state) => writeState(place, state),
    list: () => list(place),
  };
}

async function acquire(place: Place, operation: string, wait: LockWait): Promise<string> {
  // Loading the client is no waiting for the lock.
  await place.cloud.s3();
  const told = setTimeout(() => {
    wait.view.event("state_lock_acquire", "Acquiring state lock. This may take a few moments...");
  }, lockThreshold);
  const lock = newLock(operation, `${place.bucket}/${place.key}`);
  const until = Date.now() + wait.timeout * 1000;
  try {
    for (let pause = 1; ; pause = Math.min(pause * 2, 16)) {
      // oxlint-disable-next-line no-await-in-loop -- each try follows the one before
      const refusal = await tryLock(place, lock);
      if (refusal === undefined) return lock.ID;
      const isOver = wait.signal.aborted || Date.now() + pause * 1000 > until;
      if (isOver) throw failure("Error acquiring the state lock", refusal);
      // oxlint-disable-next-line no-await-in-loop -- the pause between two tries
      await sleep(pause * 1000, undefined, { signal: wait.signal }).catch(() => undefined);
    }
  } finally {
    clearTimeout(told);
  }
}

/** Returns why the lock was refused, or undefined when it was taken. */
async function tryLock({ cloud, bucket, key }: Place, lock: LockInfo): Promise<string | undefined> {
  const { PutObjectCommand } = await import("@aws-sdk/client-s3");
  const s3 = await cloud.s3();
  const object = { Bucket: bucket, Key: `${key}.tflock`, ContentType: "application/json", IfNoneMatch: "*" };
  try {
    await s3.send(new PutObjectCommand({ ...object, Body: JSON.stringify(lock) }));
    return undefined;
  } catch (cause) {
    const holder = refusalOf(cause).status === 412 ? await readLock({ cloud, bucket, key }) : undefined;
    const text = `Error message: ${awsText("S3: PutObject", cause)}`;
    const advice =
      'The lock keeps two writers from the state. Wait for the holder, or turn locking off with\n"-lock=false", which is not recommended.';
    return holder === undefined ? `${text}\n\n${advice}` : `${text}\n${lockText(holder)}\n\n${advice}`;
  }
}

async function readLock({ cloud, bucket, key }: Place): Promise<LockInfo | undefined> {
  const { GetObjectCommand } = await import("@aws-sdk/client-s3");
  const s3 = await cloud.s3();
  const name = `${key}.tflock`;
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: name }));
    return LockInfo.parse(JSON.parse((await Body?.transformToString()) ?? ""));
  } catch (cause) {
    if (cause instanceof SyntaxError) {
      throw new PlainFailure(
        "failed to unmarshal JSON data into LockInfo struct: unexpected end of JSON input",
      );
    }
    const from = `unable to retrieve file from S3 bucket '${bucket}' with key '${name}'`;
    throw new PlainFailure(`${from}: ${awsText("S3: GetObject", cause)}`);
  }
}

async function release(place: Place, id: string): Promise<void> {
  const { DeleteObjectCommand } = await import("@aws-sdk/client-s3");
  const holder = await readLock(place);
  if (holder?.ID !== id) {
    const found = holder === undefined ? "" : `\n${lockText(holder)}`;
    throw new PlainFailure(
      `lock ID '${id}' does not match the existing lock ID '${holder?.ID ?? ""}'${found}`,
    );
  }
  const s3 = await place.cloud.s3();
  try {
    await s3.send(new DeleteObjectCommand({ Bucket: place.bucket, Key: `${place.key}.tflock` }));
  } catch (cause) {
    throw new PlainFailure(awsText("S3: DeleteObject", cause));
  }
}

async function readState({ cloud, bucket, key }: Place): Promise<State | undefined> {
  const { GetObjectCommand } = await import("@aws-sdk/client-s3");
  const s3 = await cloud.s3();
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return State.parse(JSON.parse((await Body?.transformToString()) ?? ""));
  } catch (cause) {
    if (errorName(cause) === "NoSuchKey") return undefined;
    throw awsFailure("error loading state", "S3: GetObject", cause);
  }
}

/** Throws the SDK's own error: only the caller knows what else a failed write means. */
async function writeState({ cloud, bucket, key }: Place, state: State): Promise<void> {
  const { PutObjectCommand } = await import("@aws-sdk/client-s3");
  const s3 = await cloud.s3();
  const object = { Bucket: bucket, Key: key, ContentType: "application/json" };
  await s3.send(new PutObjectCommand({ ...object, Body: serialize(state) }));
}

async function list({ cloud, bucket }: Place): Promise<void> {
  const { ListObjectsV2Command } = await import("@aws-sdk/client-s3");
  const s3 = await cloud.s3();
  try {
    await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: "env:/", MaxKeys: 1000 }));
  } catch (cause) {
    const doing = `Unable to list objects in S3 bucket "${bucket}" with prefix "env:/"`;
    throw awsFailure(doing, "S3: ListObjectsV2", cause);
  }
}
