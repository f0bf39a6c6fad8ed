import { optionalInteger, optionalRecord, optionalText } from "../account/input.ts";
import type { Request } from "../account/world.ts";
import { objectsOf, type S3Object, type S3State } from "./s3-state.ts";

export const s3Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

/** One page of a bucket's keys, for both versions of the listing: keys under a common prefix count as one. */
export function listObjects(state: S3State, bucket: string, request: Request): unknown {
  const query = optionalRecord(request, "Query") ?? {};
  const [prefix, delimiter] = [optionalText(query, "prefix") ?? "", optionalText(query, "delimiter") ?? ""];
  const after =
    optionalText(query, "continuation-token") ??
    optionalText(query, "start-after") ??
    optionalText(query, "marker") ??
    "";
  const encode = optionalText(query, "encoding-type") === "url" ? encodeKey : (key: string) => key;
  const limit = Math.min(optionalInteger(query, "max-keys") ?? 1000, 1000);
  const rows = gather(objectsOf(state, bucket), prefix, delimiter).filter(({ name }) => name > after);
  const page = rows.slice(0, limit);
  const isTruncated = rows.length > page.length;
  return {
    Name: bucket,
    Prefix: encode(prefix),
    Delimiter: delimiter === "" ? undefined : encode(delimiter),
    MaxKeys: limit,
    EncodingType: optionalText(query, "encoding-type"),
    KeyCount: page.length,
    IsTruncated: isTruncated,
    NextContinuationToken: isTruncated ? page.at(-1)?.name : undefined,
    Contents: page.flatMap(({ name, object }) => (object ? [describe(encode(name), object)] : [])),
    CommonPrefixes: page.flatMap(({ name, object }) => (object ? [] : [{ Prefix: encode(name) }])),
  };
}

interface Row {
  readonly name: string;
  /** Undefined for a common prefix. */
  readonly object: S3Object | undefined;
}

function gather(objects: ReadonlyMap<string, S3Object>, prefix: string, delimiter: string): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const [key, object] of objects) {
    if (!key.startsWith(prefix)) continue;
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const name = end < 0 ? key : key.slice(0, end + delimiter.length);
    rows.set(name, { name, object: end < 0 ? object : undefined });
  }
  return [...rows.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function describe(Key: string, object: S3Object): unknown {
  const { modified: LastModified, etag: ETag, body } = object;
  return { Key, LastModified, ETag, Size: body.length, StorageClass: "STANDARD" };
}

function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll("%2F", "/");
}
