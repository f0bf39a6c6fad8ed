/** S3 as far as a terraform backend and a curious operator need it: whole objects and conditional writes. */
import { createHash } from "node:crypto";
import { optionalRecord, optionalText } from "../account/input.ts";
import { RestReply } from "../protocols/rest-xml.ts";
import { writeXml } from "../protocols/xml.ts";
import { AwsError, type Request, type Service } from "../account/world.ts";
import { listObjects, s3Namespace } from "./s3-listing.ts";
import {
  createS3State,
  objectOf,
  objectsOf,
  preconditionFailed,
  type S3Object,
  type S3State,
} from "./s3-state.ts";

export interface S3 {
  readonly service: Service;
  readonly putBucket: (name: string) => void;
  /** Puts an object, and its bucket where that is missing. */
  readonly putObject: (seed: ObjectSeed) => void;
}

export interface ObjectSeed {
  readonly bucket: string;
  readonly key: string;
  readonly body: string;
  readonly contentType?: string;
  /** When it was last written; now by default. */
  readonly modified?: Date;
}

export function createS3(region: string, now: () => Date): S3 {
  const state = createS3State(region, now);
  const putBucket = (name: string): void => {
    if (!state.buckets.has(name)) state.buckets.set(name, { created: now(), objects: new Map() });
  };
  return {
    service: { ...buckets(state, putBucket), ...objects(state) },
    putBucket,
    putObject: ({ bucket, key, body, contentType = "application/json", modified = now() }) => {
      putBucket(bucket);
      const object = newObject(state, Buffer.from(body), { "content-type": contentType });
      objectsOf(state, bucket).set(key, { ...object, modified });
    },
  };
}

function buckets(state: S3State, putBucket: (name: string) => void): Service {
  return {
    ListBuckets: () => {
      const Bucket = [...state.buckets].map(([Name, { created }]) => ({ Name, CreationDate: created }));
      const value = { Owner: { ID: "practice" }, Buckets: { Bucket } };
      return xml("ListAllMyBucketsResult", value);
    },
    HeadBucket: (request) => {
      objectsOf(state, bucketOf(request));
      return new RestReply({ headers: { "x-amz-bucket-region": state.region } });
    },
    GetBucketLocation: (request) => {
      objectsOf(state, bucketOf(request));
      // The oldest region has no name here.
      return xml("LocationConstraint", state.region === "us-east-1" ? "" : state.region);
    },
    CreateBucket: (request, { ledger }) => {
      const bucket = bucketOf(request);
      if (!state.buckets.has(bucket)) ledger.record("s3:CreateBucket", bucket, { bucket });
      putBucket(bucket);
      return new RestReply({ headers: { location: `/${bucket}` } });
    },
    ListObjects: (request) => xml("ListBucketResult", listObjects(state, bucketOf(request), request)),
    ListObjectsV2: (request) => xml("ListBucketResult", listObjects(state, bucketOf(request), request)),
  };
}

function objects(state: S3State): Service {
  return {
    GetObject: (request) => {
      const object = readable(state, request);
      return new RestReply({ headers: headersOf(object), body: object.body });
    },
    HeadObject: (request) => {
      const object = readable(state, request);
      return new RestReply({
        headers: { ...headersOf(object), "content-length": String(object.body.length) },
      });
    },
    PutObject: (request, { ledger }) => {
      const [bucket, key] = [bucketOf(request), keyOf(request)];
      const known = objectsOf(state, bucket).get(key);
      refuseUnlessAsExpected(request, key, known);
      const body = request["Body"];
      const headers = optionalRecord(request, "Headers") ?? {};
      const object = newObject(state, Buffer.isBuffer(body) ? body : Buffer.alloc(0), headers);
      objectsOf(state, bucket).set(key, object);
      ledger.record("s3:PutObject", `${bucket}/${key}`, { bucket, key, bytes: object.body.length });
      return new RestReply({ headers: { etag: object.etag, ...object.checksums } });
    },
    DeleteObject: (request, { ledger }) => {
      const [bucket, key] = [bucketOf(request), keyOf(request)];
      const all = objectsOf(state, bucket);
      const match = headerOf(request, "if-match");
      if (match !== undefined && !isMatch(match, all.get(key))) throw preconditionFailed();
      if (all.delete(key)) ledger.record("s3:DeleteObject", `${bucket}/${key}`, { bucket, key });
      return new RestReply({ status: 204 });
    },
  };
}

function newObject(state: S3State, body: Buffer, headers: Request): S3Object {
  const kept = (test: RegExp) =>
    Object.fromEntries(
      Object.entries(headers)
        .filter(([name]) => test.test(name))
        .map(([name, value]) => [name, String(value)]),
    );
  return {
    body,
    etag: `"${createHash("md5").update(body).digest("hex")}"`,
    modified: state.now(),
    contentType: optionalText(headers, "content-type") ?? "binary/octet-stream",
    metadata: kept(/^x-amz-meta-/),
    checksums: kept(/^x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256)$/),
  };
}

function readable(state: S3State, request: Request): S3Object {
  const object = objectOf(state, bucketOf(request), keyOf(request));
  const match = headerOf(request, "if-match");
  if (match !== undefined && !isMatch(match, object)) throw preconditionFailed();
  const noneMatch = headerOf(request, "if-none-match");
  if (noneMatch !== undefined && isMatch(noneMatch, object))
    throw new AwsError("NotModified", "Not Modified", 304);
  return object;
}

/** Conditional writes: `If-None-Match: *` wants no object there, `If-Match` wants the one with that ETag. */
function refuseUnlessAsExpected(request: Request, key: string, known: S3Object | undefined): void {
  if (headerOf(request, "if-none-match") === "*" && known) throw preconditionFailed();
  const match = headerOf(request, "if-match");
  if (match === undefined) return;
  if (!known) throw new AwsError("NoSuchKey", `The specified key does not exist: ${key}`, 404);
  if (!isMatch(match, known)) throw preconditionFailed();
}

function isMatch(wanted: string, object: S3Object | undefined): boolean {
  return object !== undefined && (wanted === "*" || withoutQuotes(wanted) === withoutQuotes(object.etag));
}

function withoutQuotes(etag: string): string {
  return etag.replaceAll('"', "");
}

function headersOf(object: S3Object): Readonly<Record<string, string>> {
  return {
    etag: object.etag,
    "content-type": object.contentType,
    "last-modified": object.modified.toUTCString(),
    "accept-ranges": "bytes",
    ...object.metadata,
    ...object.checksums,
  };
}

function bucketOf(request: Request): string {
  return optionalText(request, "Bucket") ?? "";
}

function keyOf(request: Request): string {
  return optionalText(request, "Key") ?? "";
}

function headerOf(request: Request, name: string): string | undefined {
  return optionalText(optionalRecord(request, "Headers") ?? {}, name);
}

function xml(root: string, value: unknown): RestReply {
  return new RestReply({ body: writeXml(root, value, { item: undefined, namespace: s3Namespace }) });
}
