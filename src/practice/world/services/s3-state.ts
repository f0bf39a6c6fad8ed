import { AwsError } from "../account/world.ts";

type Headers = Readonly<Record<string, string>>;

export interface S3Object {
  readonly body: Buffer;
  /** With its quotes. */
  readonly etag: string;
  readonly modified: Date;
  readonly contentType: string;
  readonly metadata: Headers;
  readonly checksums: Headers;
}

export interface S3State {
  readonly region: string;
  readonly now: () => Date;
  readonly buckets: Map<string, { readonly created: Date; readonly objects: Map<string, S3Object> }>;
}

export function createS3State(region: string, now: () => Date): S3State {
  return { region, now, buckets: new Map() };
}

export function objectsOf(state: S3State, bucket: string): Map<string, S3Object> {
  const found = state.buckets.get(bucket);
  if (!found) throw new AwsError("NoSuchBucket", "The specified bucket does not exist", 404);
  return found.objects;
}

export function objectOf(state: S3State, bucket: string, key: string): S3Object {
  const object = objectsOf(state, bucket).get(key);
  if (!object) throw new AwsError("NoSuchKey", "The specified key does not exist.", 404);
  return object;
}

export function preconditionFailed(): AwsError {
  const message = "At least one of the pre-conditions you specified did not hold";
  return new AwsError("PreconditionFailed", message, 412);
}
