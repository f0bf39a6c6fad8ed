/** AWS JSON 1.1: ECS, CloudWatch Logs, Secrets Manager and SSM. */
import { header, type HttpReply } from "./http.ts";
import { isRecord } from "../account/input.ts";
import { AwsError, type Request } from "../account/world.ts";
import { expiredMessage, unknownKeyMessage, unknownOperation, type Protocol } from "./protocol.ts";

export const jsonProtocol: Protocol = {
  read: (http) => ({
    operation: (header(http.headers, "x-amz-target") ?? "").split(".").at(-1) ?? "",
    input: parse(http.body.toString()),
  }),
  answer: (_operation, output, requestId) => reply(200, output ?? {}, requestId),
  refuse: (error, requestId) =>
    reply(error.status, { __type: error.code, message: error.message }, requestId),
  errors: {
    expired: new AwsError("ExpiredTokenException", expiredMessage),
    unknownKey: new AwsError("UnrecognizedClientException", unknownKeyMessage),
    throttled: new AwsError("ThrottlingException", "Rate exceeded"),
    unknownOperation: unknownOperation("UnknownOperationException"),
    validation: "ValidationException",
  },
};

function parse(body: string): Request {
  const value = body === "" ? {} : parseJson(body);
  if (!isRecord(value)) throw new AwsError("SerializationException", "The body must be a JSON object.");
  return value;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new AwsError("SerializationException", "The body is not JSON.");
  }
}

function reply(status: number, value: unknown, requestId: string): HttpReply {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": requestId };
  return { status, headers, body: JSON.stringify(withEpochDates(value)) };
}

/** JSON 1.1 has no dates: a time stamp is a number of seconds. */
function withEpochDates(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(withEpochDates);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withEpochDates(each)]));
}
