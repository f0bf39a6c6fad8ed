import { catalogue, type ErrorCode } from "./catalogue.ts";
import type { JsonObject } from "./json.ts";

/** Everything that can go wrong and that a person can do something about. Anything else that escapes is a bug. */
export class RunbookError extends Error {
  override readonly name = "RunbookError";
  readonly code: ErrorCode;
  /** Facts for programs: they go into `step.failed` and `--json`. */
  readonly data: JsonObject;
  /** What to do next; the catalogue's sentence unless the thrower knows a better one. */
  readonly hint: string;

  constructor(
    code: ErrorCode,
    message: string,
    more: { readonly cause?: unknown; readonly data?: JsonObject; readonly hint?: string } = {},
  ) {
    super(message, more.cause === undefined ? {} : { cause: more.cause });
    this.code = code;
    this.data = more.data ?? {};
    this.hint = more.hint ?? catalogue[code].hint;
  }

  get exitCode(): number {
    return catalogue[this.code].exit;
  }
}

/** A step's failure as it is stored: an `Error` loses its message in JSON. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly data: JsonObject;
}

export function toFailure(error: unknown): Failure {
  if (error instanceof RunbookError) {
    return { code: error.code, message: error.message, hint: error.hint, data: error.data };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { code: "UNEXPECTED", message, hint: catalogue.UNEXPECTED.hint, data: {} };
}

/** What was thrown, in its own words. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
