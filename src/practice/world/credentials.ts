import { header, type HttpRequest } from "./protocols/http.ts";

/** Who signed a request, and for which service. The signature itself is not verified. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly service: string;
}

/** Reads the credential scope of a signed request; undefined when the request is not for AWS at all. */
export function readCredentials(http: HttpRequest): Credentials | undefined {
  const authorization = header(http.headers, "authorization") ?? "";
  const credential = authorization.startsWith("AWS4-HMAC-SHA256")
    ? /Credential=([^,\s]+)/.exec(authorization)?.[1]
    : http.query.get("X-Amz-Credential");
  const [accessKeyId, , , service] = credential?.split("/") ?? [];
  return accessKeyId === undefined || service === undefined ? undefined : { accessKeyId, service };
}
