/** The form-encoded query protocols with XML answers: EC2's own dialect, and the common one of ELBv2 and STS. */
import { header, type HttpReply, type HttpRequest } from "./http.ts";
import { isRecord } from "../account/input.ts";
import { AwsError, type Request } from "../account/world.ts";
import { expiredMessage, unknownKeyMessage, unknownOperation, type Call, type Protocol } from "./protocol.ts";
import { writeXml } from "./xml.ts";

/** The protocol of EC2. */
export const ec2Protocol: Protocol = {
  read: readQuery,
  answer: (operation, output, requestId) => {
    const value = { requestId, ...(isRecord(output) ? output : {}) };
    return reply(
      200,
      writeXml(`${operation}Response`, value, {
        item: "item",
        namespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
      }),
    );
  },
  refuse: (error, RequestID) => {
    const Errors = { Error: { Code: error.code, Message: error.message } };
    return reply(error.status, writeXml("Response", { Errors, RequestID }, { item: undefined }));
  },
  errors: {
    expired: new AwsError("RequestExpired", "Request has expired."),
    unknownKey: new AwsError(
      "AuthFailure",
      "AWS was not able to validate the provided access credentials",
      401,
    ),
    throttled: new AwsError("RequestLimitExceeded", "Request limit exceeded.", 503),
    unknownOperation: unknownOperation("InvalidAction"),
    validation: "MissingParameter",
  },
};

/** The common query protocol, with the XML name space of one service. */
export function queryProtocol(namespace: string): Protocol {
  return {
    read: readQuery,
    answer: (operation, output, RequestId) => {
      const value = { [`${operation}Result`]: output ?? {}, ResponseMetadata: { RequestId } };
      return reply(200, writeXml(`${operation}Response`, value, { item: "member", namespace }));
    },
    refuse: (error, RequestId) => {
      const Type = error.status < 500 ? "Sender" : "Receiver";
      const value = { Error: { Type, Code: error.code, Message: error.message }, RequestId };
      return reply(error.status, writeXml("ErrorResponse", value, { item: undefined, namespace }));
    },
    errors: {
      expired: new AwsError("ExpiredToken", expiredMessage, 403),
      unknownKey: new AwsError("InvalidClientTokenId", unknownKeyMessage, 403),
      throttled: new AwsError("Throttling", "Rate exceeded"),
      unknownOperation: unknownOperation("InvalidAction"),
      validation: "ValidationError",
    },
  };
}

/** Whether this is a form with an `Action`. */
export function isQuery(http: HttpRequest): boolean {
  return (header(http.headers, "content-type") ?? "").startsWith("application/x-www-form-urlencoded");
}

function readQuery(http: HttpRequest): Call {
  const form = new URLSearchParams(http.body.toString());
  const input: Record<string, unknown> = {};
  for (const [name, value] of form) {
    if (name !== "Action" && name !== "Version") place(input, name.split("."), value);
  }
  return { operation: form.get("Action") ?? "", input: collapseRecord(input) };
}

/** Puts `a.b.1.c = value` into nested objects; numbers become lists afterwards. */
function place(into: Record<string, unknown>, path: readonly string[], value: string): void {
  const [name = "", ...rest] = path;
  if (name === "__proto__") return;
  if (rest.length === 0) {
    into[name] = value;
    return;
  }
  const known = into[name];
  const next: Record<string, unknown> = isRecord(known) ? known : {};
  into[name] = next;
  place(next, rest, value);
}

function collapseRecord(value: Request): Request {
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, collapse(each)]));
}

/** `{member: {1: a, 2: b}}` and `{1: a, 2: b}` are the lists `[a, b]` of the two dialects. */
function collapse(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const names = Object.keys(value);
  if (names.length === 1 && names[0] === "member") return collapse(value["member"]);
  if (names.length > 0 && names.every((name) => /^\d+$/.test(name))) {
    const inOrder = names.toSorted((one, other) => Number(one) - Number(other));
    return inOrder.map((name) => collapse(value[name]));
  }
  return collapseRecord(value);
}

function reply(status: number, body: string): HttpReply {
  return { status, headers: { "content-type": "text/xml;charset=UTF-8" }, body };
}
