import { z } from "zod";
import { RunbookError } from "../../model/error.ts";
import { secretReference } from "../../model/secret.ts";
import type { StepContext } from "../../model/step.ts";
import { shellWord, withSecret } from "../parts/shell.ts";

/** A value that is looked up when the request is made, for example `{ secret: "env:API_KEY", prefix: "Bearer " }`. */
export const secretHeader = z.strictObject({ secret: secretReference, prefix: z.string().optional() });
export const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, "must be an HTTP header's name");

type HeaderValue = string | z.output<typeof secretHeader>;

/** Resolves header values; a failure names the header and never its value, which Node's own message would print. */
export async function resolveHeaders(
  values: Readonly<Record<string, HeaderValue>>,
  ctx: Pick<StepContext, "secret">,
): Promise<Headers> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(values)) {
    const text = typeof value === "string" ? value : await resolve(value, ctx);
    try {
      headers.set(name, text);
    } catch {
      throw new RunbookError(
        "INPUT_MALFORMED",
        `The value of header \`${name}\` holds a character that HTTP forbids.`,
      );
    }
  }
  return headers;
}

async function resolve(
  { secret, prefix = "" }: z.output<typeof secretHeader>,
  ctx: Pick<StepContext, "secret">,
): Promise<string> {
  return prefix + (await ctx.secret(secret)).reveal();
}

/** A header as it is written in a command line; a secret is there by its variable only. */
export function headerWord(name: string, value: HeaderValue): string {
  return typeof value === "string"
    ? shellWord(`${name}: ${value}`)
    : withSecret(`${name}: ${value.prefix ?? ""}`, value.secret);
}
