import type { ErrorCode } from "../../model/catalogue.ts";
import { RunbookError } from "../../model/error.ts";
import type { JsonObject, Json } from "../../model/json.ts";
import { shorten } from "../../model/shorten.ts";
import { fromMessage, holder, type LockRecord } from "./lock-record.ts";
import type { CommandResult } from "../../model/step.ts";
import { readStream } from "./stream.ts";

/** An error that terraform reported. */
export interface Diagnostic {
  readonly summary: string;
  readonly detail: string;
  readonly address: string | null;
}

/** The errors of a command, from its `-json` stream or, for the commands without one, from the text on stderr. */
export function diagnosticsOf({
  stdout,
  stderr,
}: Pick<CommandResult, "stdout" | "stderr">): readonly Diagnostic[] {
  const streamed = readStream(stdout).flatMap((message) =>
    message.type === "diagnostic" && message.diagnostic.severity === "error" ? [message.diagnostic] : [],
  );
  const found = streamed.map(({ summary, detail, address }) => ({
    summary,
    detail,
    address: address ?? null,
  }));
  return [...found, ...written(stderr)];
}

const isTitle = /^(?:│ )?(Error|Warning): (.*)$/;

function written(stderr: string): readonly Diagnostic[] {
  const blocks: string[][] = [];
  for (const line of stderr.split("\n")) {
    if (isTitle.test(line)) blocks.push([line]);
    else blocks.at(-1)?.push(line);
  }
  if (blocks.length > 0) return blocks.filter(([title]) => title?.includes("Error: ")).map(fromBlock);
  const text = stderr.trim();
  return text === "" ? [] : [{ summary: text.split("\n")[0] ?? "", detail: text, address: null }];
}

function fromBlock([title = "", ...rest]: readonly string[]): Diagnostic {
  const body = rest.join("\n");
  return {
    summary: isTitle.exec(title)?.[2] ?? title,
    detail: body.trim(),
    address: /^\s+with (\S.*),$/m.exec(body)?.[1] ?? null,
  };
}

/** Everything that a diagnostic says, on one line: the text of commands without `-json` is broken at 78 columns. */
export function textOf({ summary, detail }: Diagnostic): string {
  return `${summary} ${detail}`.replace(/\s+/g, " ").trim();
}

/** Diagnostics as facts of a failure; a wall of text stays in the evidence. */
export function asData(diagnostics: readonly Diagnostic[]): Json {
  return diagnostics.slice(0, 20).map(({ summary, detail, address }) => ({
    summary: shorten(summary, 600),
    detail: shorten(detail, 600),
    address,
  }));
}

type TerraformErrorRule = readonly [code: ErrorCode, pattern: RegExp];

/** The first rule that matches any diagnostic decides, so what blocks everything else stands first. */
const rules: readonly TerraformErrorRule[] = [
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
