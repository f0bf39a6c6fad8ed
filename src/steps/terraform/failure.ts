import type { ErrorCode } from "../../model/catalogue.ts";
import { RunbookError } from "../../model/error.ts";
import type { JsonObject } from "../../model/json.ts";
import { shorten } from "../../model/shorten.ts";
import { asData, type Diagnostic, textOf } from "./diagnostics.ts";
import { fromMessage, holder, type LockRecord } from "./lock-record.ts";

type Rule = readonly [code: ErrorCode, pattern: RegExp];

/** The first rule that matches any diagnostic decides, so what blocks everything else stands first. */
const rules: readonly Rule[] = [
  ["TERRAFORM_STATE_UNSAVED", /Failed to persist state to backend|Failed to save state|errored\.tfstate/],
  ["TERRAFORM_PLAN_STALE", /Saved plan is stale|Saved plan does not match the given state/],
  [
    "TERRAFORM_BACKEND_CHANGED",
    /Backend configuration (block has )?changed|Backend type changed|backend configuration has changed/i,
  ],
  [
    "TERRAFORM_INIT_NEEDED",
    /Backend initialization required|Required plugins are not installed|Inconsistent dependency lock file|Module not installed|Missing required provider|run "?terraform init/i,
  ],
  [
    "CREDENTIALS_EXPIRED",
    /ExpiredToken|RequestExpired|token (included in the request )?(is|has) expired|SSO session has expired/i,
  ],
  [
    "CREDENTIALS_MISSING",
    /No valid credential sources|InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch|failed to refresh cached credentials/i,
  ],
  ["ACCESS_DENIED", /AccessDenied|UnauthorizedOperation|is not authorized to perform/],
  ["AWS_THROTTLED", /Throttling|Rate exceeded|TooManyRequests|RequestLimitExceeded|SlowDown/],
  [
    "AWS_UNREACHABLE",
    /connection refused|no such host|i\/o timeout|dial tcp|TLS handshake timeout|request send failed/,
  ],
  ["TERRAFORM_RESOURCE_UNKNOWN", /No such resource instance|Invalid target address/],
];

/** What makes an error of taking the lock one of the lock being held, and not of S3 refusing us. */
const held =
  /Lock Info:|PreconditionFailed|ConditionalCheckFailed|already locked|resource temporarily unavailable|LockInfo struct/;

/** The code for what terraform reported, `TERRAFORM_FAILED` when it is none that we know. */
export function codeFor(diagnostics: readonly Diagnostic[]): ErrorCode {
  const texts = diagnostics.map(textOf);
  if (texts.some((text) => /Error acquiring the state lock/.test(text) && held.test(text)))
    return "TERRAFORM_LOCKED";
  return rules.find(([, pattern]) => texts.some((text) => pattern.test(text)))?.[0] ?? "TERRAFORM_FAILED";
}

/** Why a command failed: `what` is the command, for example `terraform plan`. */
export function terraformFailure(
  what: string,
  where: { readonly dir: string; readonly exitCode: number },
  diagnostics: readonly Diagnostic[],
): RunbookError {
  const code = codeFor(diagnostics);
  const data = { dir: where.dir, exitCode: where.exitCode, diagnostics: asData(diagnostics) };
  if (code === "TERRAFORM_LOCKED") return lockedFailure(what, where.dir, { data, diagnostics });
  const last = diagnostics.at(-1);
  const said =
    last === undefined ? `it ended with exit code ${where.exitCode} and said nothing` : sayings(last);
  return new RunbookError(code, `\`${what}\` in ${where.dir} failed: ${said}`, { data });
}

function lockedFailure(
  what: string,
  dir: string,
  { data, diagnostics }: { readonly data: JsonObject; readonly diagnostics: readonly Diagnostic[] },
): RunbookError {
  const record: LockRecord | undefined = diagnostics
    .map(({ detail }) => fromMessage(detail))
    .find((lock) => lock !== undefined);
  const by = record === undefined ? "an unknown holder" : holder(record);
  return new RunbookError(
    "TERRAFORM_LOCKED",
    `\`${what}\` could not start: the state of ${dir} is locked by ${by}.`,
    {
      data: { ...data, lock: record ?? null },
    },
  );
}

function sayings({ summary, detail, address }: Diagnostic): string {
  const where = address === null ? "" : `${address}: `;
  const more = detail === "" || summary.length > 200 || detail.startsWith(summary) ? "" : ` ${detail}`;
  const text = shorten(
    `${where}${summary}${/[.!?]$/.test(summary) || more === "" ? "" : "."}${more}`.replace(/\s+/g, " "),
    400,
  );
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
