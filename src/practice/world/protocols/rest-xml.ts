/** S3's REST protocol with the bucket in the path. */
import { header, type HttpReply, type HttpRequest } from "./http.ts";
import { AwsError } from "../account/world.ts";
import { decodeChunks } from "./aws-chunked.ts";
import { unknownOperation, type Call, type Protocol } from "./protocol.ts";
import { writeXml } from "./xml.ts";

/** What an S3 operation answers: its answers live in headers as much as in a body. */
export class RestReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;

  constructor(reply: Partial<HttpReply>) {
    this.status = reply.status ?? 200;
    this.headers = reply.headers ?? {};
    this.body = reply.body ?? "";
  }
}

export const restXmlProtocol: Protocol = {
  read: readRest,
  answer: (_operation, output, requestId) => {
    const { status, headers, body } = output instanceof RestReply ? output : new RestReply({});
    const type = typeof body === "string" && body !== "" ? { "content-type": "application/xml" } : {};
    return { status, headers: { ...type, "x-amz-request-id": requestId, ...headers }, body };
  },
  refuse: (error, RequestId) => {
    const value = { Code: error.code, Message: error.message, RequestId, HostId: "runwright-practice" };
    const headers = {
      "content-type": "application/xml",
      "x-amz-request-id": RequestId,
      "x-amz-id-2": "runwright-practice",
    };
    // A 304 may have no body at all.
    const body = error.status === 304 ? "" : writeXml("Error", value, { item: undefined });
    return { status: error.status, headers, body };
  },
  errors: {
    expired: new AwsError("ExpiredToken", "The provided token has expired."),
    unknownKey: new AwsError(
      "InvalidAccessKeyId",
      "The AWS Access Key Id you provided does not exist in our records.",
      403,
    ),
    throttled: new AwsError("SlowDown", "Please reduce your request rate.", 503),
    unknownOperation: unknownOperation("NotImplemented", 501),
    validation: "InvalidArgument",
  },
};

function readRest(http: HttpRequest): Call {
  const [, Bucket = "", Key = ""] = /^\/([^/]*)\/?(.*)$/s.exec(http.path) ?? [];
  const Query = Object.fromEntries(http.query);
  const isChunked =
    /aws-chunked/.test(header(http.headers, "content-encoding") ?? "") ||
    (header(http.headers, "x-amz-content-sha256") ?? "").startsWith("STREAMING-");
  const { data, trailers } = isChunked ? decodeChunks(http.body) : { data: http.body, trailers: {} };
  const input = {
    Bucket: decodeURIComponent(Bucket),
    Key: decodeURIComponent(Key),
    Query,
    Headers: { ...http.headers, ...trailers },
    Body: data,
  };
  return { operation: nameOf(http, Bucket, Key), input };
}

const plainNames: Readonly<Record<string, readonly [service: string, bucket: string, object: string]>> = {
  GET: ["ListBuckets", "ListObjects", "GetObject"],
  HEAD: ["", "HeadBucket", "HeadObject"],
  PUT: ["", "CreateBucket", "PutObject"],
  DELETE: ["", "DeleteBucket", "DeleteObject"],
};

/** Query parameters that do not turn a request into another operation. */
const neutral = new Set(["x-id", "prefix", "delimiter", "marker", "max-keys", "encoding-type"]);

function nameOf(http: HttpRequest, bucket: string, key: string): string {
  const { method, query } = http;
  if (method === "GET" && bucket !== "" && key === "") {
    if (query.get("list-type") === "2") return "ListObjectsV2";
    if (query.has("location")) return "GetBucketLocation";
  }
  const subresource = [...query.keys()].find((name) => !neutral.has(name) && !/^x-amz-/i.test(name));
  const level = bucket === "" ? 0 : key === "" ? 1 : 2;
  const name = plainNames[method]?.[level] ?? "";
  const isCopy = method === "PUT" && http.headers["x-amz-copy-source"] !== undefined;
  if (isCopy) return "CopyObject";
  return subresource === undefined && name !== "" ? name : `${method}?${subresource ?? ""}`;
}
