/** From a signed request to an operation of a service and back, with faults between. */
import { randomUUID } from "node:crypto";
import type { WorldParts } from "./create-world.ts";
import type { Credentials } from "./credentials.ts";
import type { Fault } from "./faults.ts";
import type { HttpReply, HttpRequest } from "./protocols/http.ts";
import { jsonProtocol } from "./protocols/json.ts";
import type { Call, CommonErrors, Protocol } from "./protocols/protocol.ts";
import { isQuery, queryProtocol } from "./protocols/query.ts";
import { AwsError, type Operation, type Service } from "./account/world.ts";

/** What to do with a request's connection. */
export type Outcome =
  | { readonly kind: "reply"; readonly reply: HttpReply }
  | { readonly kind: "drop" }
  | { readonly kind: "hang" };

export async function answerAws(
  http: HttpRequest,
  credentials: Credentials,
  { world, faults, endpoints }: WorldParts,
): Promise<Outcome> {
  const endpoint = Object.hasOwn(endpoints, credentials.service) ? endpoints[credentials.service] : undefined;
  if (!endpoint) return { kind: "reply", reply: unknownService(http, credentials.service) };
  const { protocol, service } = endpoint;
  const requestId = randomUUID();
  const refuse = (error: AwsError): Outcome => ({ kind: "reply", reply: protocol.refuse(error, requestId) });
  try {
    refuseBadKey(credentials, protocol.errors);
    const call = protocol.read(http);
    const act = operationOf(service, call, { protocol, name: credentials.service });
    const fault = faults.take(`${credentials.service}:${call.operation}`);
    if (fault?.kind === "hang") return { kind: "hang" };
    if (fault) await before(fault, protocol.errors);
    const output = await act(call.input, world);
    if (fault?.kind === "drop-after-effect") return { kind: "drop" };
    return { kind: "reply", reply: protocol.answer(call.operation, output, requestId) };
  } catch (error) {
    return refuse(toAwsError(error, protocol));
  }
}

/** Waits or refuses, where the fault says so. */
export async function before(fault: Fault, errors: Pick<CommonErrors, "throttled">): Promise<void> {
  switch (fault.kind) {
    case "delay":
      await new Promise((resolve) => setTimeout(resolve, fault.seconds * 1000));
      return;
    case "throttle": {
      const { code, message, status } = errors.throttled;
      throw new AwsError(fault.code ?? code, fault.message ?? message, fault.status ?? status);
    }
    case "error":
      throw new AwsError(
        fault.code ?? "InternalFailure",
        fault.message ?? "A fault of the practice world.",
        fault.status ?? (fault.code === undefined ? 500 : 400),
      );
    case "hang":
    case "drop-after-effect":
  }
}

function refuseBadKey({ accessKeyId }: Credentials, errors: CommonErrors): void {
  if (accessKeyId.startsWith("EXPIRED")) throw errors.expired;
  if (accessKeyId.startsWith("INVALID")) throw errors.unknownKey;
}

function operationOf(
  service: Service,
  { operation }: Call,
  { protocol, name }: { readonly protocol: Protocol; readonly name: string },
): Operation {
  const act = Object.hasOwn(service, operation) ? service[operation] : undefined;
  if (!act) throw protocol.errors.unknownOperation(name, operation);
  return act;
}

function toAwsError(error: unknown, { errors }: Protocol): AwsError {
  if (!(error instanceof AwsError)) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return new AwsError("InternalFailure", `The practice world has a defect. ${message}`, 500);
  }
  if (error.code !== "ValidationException") return error;
  return new AwsError(errors.validation, error.message, error.status);
}

/** In the shape that the caller's protocol can read, as far as the request shows it. */
function unknownService(http: HttpRequest, service: string): HttpReply {
  const message = `The practice world does not simulate the service ${service}.`;
  const protocol = isQuery(http) ? queryProtocol("") : jsonProtocol;
  return protocol.refuse(new AwsError("UnknownServiceException", message), randomUUID());
}
