import { parsedJson } from "../model/json-read.ts";
import { readFileSync } from "node:fs";
import { safeParse, type z } from "zod";
import { RunbookError } from "../model/error.ts";
import { toJson, type JsonObject } from "../model/json.ts";
import type { Runbook } from "../runbook/types.ts";

/** What `--input name=value` said, in order. */
export type RawInputs = readonly string[];

/**
 * The input of a run: each text is taken as it is where the schema allows that, else as JSON; `name=@file` reads a
 * file. A secret is given as a reference; its value is refused without being repeated.
 */
export function parseInputs(runbook: Runbook, raw: RawInputs): JsonObject {
  const { given, fields } = givenTo(runbook, raw);
  const values = [...given].map(([name, text]) => [name, valueOf(name, text, fields.get(name))] as const);
  const missing = [...fields].filter(
    ([name, field]) => !given.has(name) && !field.safeParse(undefined).success,
  );
  if (missing.length > 0) throw missingInputs(runbook, missing, (name) => `--input ${name}=...`);
  const parsed = safeParse(runbook.input, Object.fromEntries(values));
  if (parsed.success) return toJson(parsed.data, "input") as JsonObject;
  throw malformed(parsed.error);
}

/** The input of a run as a program gives it, checked in the same way; a secret is `env:NAME` or `file:PATH`. */
export function checkInput(runbook: Runbook, values: Readonly<Record<string, unknown>>): JsonObject {
  const fields = fieldsOf(runbook);
  for (const name of Object.keys(values)) requireField(runbook, fields, name);
  const missing = [...fields].filter(
    ([name, field]) => values[name] === undefined && !field.safeParse(undefined).success,
  );
  if (missing.length > 0) throw missingInputs(runbook, missing, (name) => name);
  const parsed = safeParse(runbook.input, values);
  if (parsed.success) return toJson(parsed.data, "input") as JsonObject;
  throw malformed(parsed.error);
}

/** The part of an input that is known already: what is given, and what has a default. */
export function parseSome(runbook: Runbook, raw: RawInputs): JsonObject {
  const { given, fields } = givenTo(runbook, raw);
  const values = [...fields].flatMap(([name, field]) => {
    const text = given.get(name);
    const value = field.safeParse(text === undefined ? undefined : valueOf(name, text, field)).data;
    return value === undefined ? [] : [[name, toJson(value, name)] as const];
  });
  return Object.fromEntries(values);
}

function givenTo(
  runbook: Runbook,
  raw: RawInputs,
): { readonly given: ReadonlyMap<string, string>; readonly fields: InputFields } {
  const fields = fieldsOf(runbook);
  const given = new Map(raw.map((text) => split(text)));
  for (const name of given.keys()) requireField(runbook, fields, name);
  return { given, fields };
}

function requireField(runbook: Runbook, fields: InputFields, name: string): void {
  if (fields.has(name)) return;
  const known = [...fields.keys()].join(", ");
  throw new RunbookError(
    "INPUT_MALFORMED",
    `Runbook \`${runbook.id}\` has no input \`${name}\` (it has: ${known}).`,
  );
}

/** The names of the inputs that hold references to secrets, with the references. */
export function secretsOf(runbook: Runbook, input: JsonObject): readonly string[] {
  return [...fieldsOf(runbook)].flatMap(([name, field]) => {
    const value = input[name];
    return isSecret(field) && typeof value === "string" ? [value] : [];
  });
}

type InputFields = ReadonlyMap<string, z.ZodType>;

function fieldsOf({ input }: Runbook): InputFields {
  // Runbooks and this program may have loaded zod twice, so the shape is looked at, not the class.
  const shape = (input as { readonly shape?: Readonly<Record<string, z.ZodType>> }).shape;
  return new Map(Object.entries(shape ?? {}));
}

function isSecret(field: z.ZodType): boolean {
  const inner = (field as { readonly unwrap?: () => z.ZodType }).unwrap;
  if (field.meta()?.["secret"] === true) return true;
  return typeof inner === "function" && isSecret(inner.call(field));
}

function split(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new RunbookError("USAGE", "`--input` takes `name=value`.");
}

function valueOf(name: string, text: string, field: z.ZodType | undefined): unknown {
  if (field === undefined) return text;
  const secret = isSecret(field);
  if (text.startsWith("@")) return secret ? `file:${text.slice(1)}` : readInputFile(name, text.slice(1));
  const asText = field.safeParse(text);
  if (asText.success) return text;
  // What stands there may be the secret itself, so it is not shown.
  if (secret) throw malformed(asText.error, name);
  const json = parsedJson(text);
  if (json !== undefined && field.safeParse(json).success) return json;
  throw malformed(json === undefined ? asText.error : (field.safeParse(json).error ?? asText.error), name);
}

function readInputFile(name: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new RunbookError("INPUT_MALFORMED", `Input \`${name}\`: the file \`${file}\` cannot be read.`, {
      cause,
    });
  }
}

function missingInputs(
  runbook: Runbook,
  missing: readonly (readonly [string, z.ZodType])[],
  said: (name: string) => string,
): RunbookError {
  const names = missing.map(([name]) => `\`${name}\``).join(", ");
  const longest = Math.max(...missing.map(([name]) => name.length));
  const flags = missing.map(([name, { description }]) => {
    const flag = said(name);
    return description === undefined ? flag : `${flag}${" ".repeat(longest - name.length)}  ${description}`;
  });
  return new RunbookError("INPUT_MISSING", `Runbook \`${runbook.id}\` also needs ${names}.`, {
    hint: ["Add:", ...flags].join("\n    "),
  });
}

function malformed(error: z.ZodError, name?: string): RunbookError {
  const [issue] = error.issues;
  const where = [...(name === undefined ? [] : [name]), ...(issue?.path ?? [])].join(".");
  return new RunbookError(
    "INPUT_MALFORMED",
    `Input \`${where}\` ${lower(issue?.message ?? "does not fit")}.`,
  );
}

function lower(message: string): string {
  if (message.startsWith("must")) return message;
  return `does not fit: ${message.replace(/^Invalid [^:]*: /, "")}`;
}
