import type { ErrorCode } from "../../model/catalogue.ts";
import { RunbookError } from "../../model/error.ts";

/** What a rejected AWS call tells about itself; the SDK's classes are not loaded just to look at an error. */
interface AwsErrorFacts {
  /** The wire code or the SDK's own name, for example `ThrottlingException`, and the socket's code if there is one. */
  readonly names: readonly string[];
  readonly message: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
}

type AwsErrorRule = readonly [code: ErrorCode, applies: (facts: AwsErrorFacts) => boolean];

const named =
  (pattern: RegExp) =>
  ({ names }: AwsErrorFacts): boolean =>
    names.some((name) => pattern.test(name));

const says =
  (pattern: RegExp) =>
  ({ message }: AwsErrorFacts): boolean =>
    pattern.test(message);

const noCredentials = named(
  /^(CredentialsProviderError|TokenProviderError|UnrecognizedClientException|InvalidClientTokenId|AuthFailure|MissingAuthenticationToken(Exception)?)$/,
);

/** The first rule that applies decides. */
const rules: readonly AwsErrorRule[] = [
  ["CREDENTIALS_EXPIRED", named(/^(ExpiredToken(Exception)?|RequestExpired)$/)],
  // A login that has run out is reported by the provider of credentials, not by AWS.
  ["CREDENTIALS_EXPIRED", (facts) => noCredentials(facts) && says(/expired/i)(facts)],
  ["CREDENTIALS_MISSING", noCredentials],
  ["ACCESS_DENIED", named(/^(AccessDenied|UnauthorizedOperation|UnauthorizedException)/)],
  ["AWS_THROTTLED", named(/^(Throttl|RequestLimitExceeded|RequestThrottled|TooManyRequests|SlowDown)/)],
  ["AWS_NOT_FOUND", named(/NotFound|^NoSuch/)],
  ["AWS_NOT_FOUND", says(/^Unable to describe task definition/)],
  [
    "AWS_UNREACHABLE",
    named(
      /^(TimeoutError|ECONN(REFUSED|RESET|ABORTED)|ENOTFOUND|EAI_AGAIN|E(HOST|NET)UNREACH|ETIMEDOUT|EPIPE)$/,
    ),
  ],
  ["REGION_MISSING", says(/^Region is missing/)],
];

/** Says in our terms why an AWS call failed; `what` names the operation and the resource. */
export function awsFailure(error: unknown, what: string): RunbookError {
  if (error instanceof RunbookError) return error;
  const facts = factsOf(error);
  const code = rules.find(([, applies]) => applies(facts))?.[0] ?? "AWS_REFUSED";
  const name = facts.names.find((each) => each !== "Error") ?? "Error";
  return new RunbookError(code, `${what} failed: ${name}: ${sentence(facts.message)}`, {
    cause: error,
    data: {
      name,
      ...(facts.status === undefined ? {} : { status: facts.status }),
      ...(facts.requestId === undefined ? {} : { requestId: facts.requestId }),
    },
  });
}

/** A resource that AWS answered about, but does not have. */
export function notFound(what: string, why: string): RunbookError {
  return new RunbookError("AWS_NOT_FOUND", `${what} failed: ${sentence(why)}`);
}

/** Whether the same call may well work a moment later. */
export function isTransient(error: unknown): error is RunbookError {
  if (!(error instanceof RunbookError)) return false;
  if (error.code === "AWS_THROTTLED" || error.code === "AWS_UNREACHABLE") return true;
  return error.code === "AWS_REFUSED" && isServerSide(error);
}

/** Whether AWS may have done what was asked although the call failed. */
export function isInDoubt(error: unknown): error is RunbookError {
  return (
    error instanceof RunbookError &&
    (error.code === "AWS_UNREACHABLE" || (error.code === "AWS_REFUSED" && isServerSide(error)))
  );
}

function isServerSide(error: RunbookError): boolean {
  const status = error.data["status"];
  return typeof status !== "number" || status >= 500 || status < 300;
}

function factsOf(error: unknown): AwsErrorFacts {
  if (!(error instanceof Error)) {
    return { names: [], message: String(error), status: undefined, requestId: undefined };
  }
  const metadata = field(error, "$metadata");
  const status = field(metadata, "httpStatusCode");
  const requestId = field(metadata, "requestId");
  const names = [error.name, field(error, "code"), field(error.cause, "code")];
  return {
    names: names.filter((name) => typeof name === "string"),
    // Node leaves the message of a failed connection to several addresses empty.
    message: error.message === "" ? names.filter(Boolean).join(", ") : error.message,
    status: typeof status === "number" ? status : undefined,
    requestId: typeof requestId === "string" ? requestId : undefined,
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
