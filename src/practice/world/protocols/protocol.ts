import type { HttpReply, HttpRequest } from "./http.ts";
import { AwsError, type Request } from "../account/world.ts";

export interface Call {
  readonly operation: string;
  readonly input: Request;
}

/** How one family of services puts calls, answers and errors on the wire, and what it calls the errors that all of them have. */
export interface Protocol {
  readonly read: (http: HttpRequest) => Call;
  readonly answer: (operation: string, output: unknown, requestId: string) => HttpReply;
  readonly refuse: (error: AwsError, requestId: string) => HttpReply;
  readonly errors: CommonErrors;
}

export interface CommonErrors {
  readonly expired: AwsError;
  readonly unknownKey: AwsError;
  readonly throttled: AwsError;
  readonly unknownOperation: (service: string, operation: string) => AwsError;
  /** What this protocol says instead of `ValidationException`. */
  readonly validation: string;
}

export const expiredMessage = "The security token included in the request is expired";
export const unknownKeyMessage = "The security token included in the request is invalid.";

export function unknownOperation(code: string, status = 400): CommonErrors["unknownOperation"] {
  return (service, operation) =>
    new AwsError(code, `The practice world does not simulate the operation ${service}:${operation}.`, status);
}
