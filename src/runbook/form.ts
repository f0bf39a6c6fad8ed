import { z } from "zod";
import { RunbookError } from "../model/error.ts";
import type { Json } from "../model/json.ts";
import type { humanInput } from "../steps/human-input.ts";

type FieldDefinition = z.input<(typeof humanInput)["input"]>["fields"][number];

/** A form: `get(form, state)` gives what was filled in, by these fields' types. */
export interface Form<S extends z.ZodRawShape = z.ZodRawShape> {
  readonly kind: "human.input";
  readonly output: z.ZodObject<{ readonly values: z.ZodObject<S>; readonly by: z.ZodString }>;
  readonly fields: readonly FieldDefinition[];
}

/**
 * Declares a form by its fields: texts, numbers, booleans and enums of zod. `describe` gives a field its label;
 * `default` or `optional` lets it be left out.
 */
export function form<const S extends z.ZodRawShape>(shape: S): Form<S> {
  const values = z.object(shape);
  const { properties = {}, required = [] } = z.toJSONSchema(values, { io: "input" });
  return {
    kind: "human.input",
    output: z.object({ values, by: z.string() }),
    fields: Object.entries(properties).map(([name, property]) =>
      fieldOf(name, typeof property === "object" ? property : {}, required.includes(name)),
    ),
  };
}

interface SchemaProperty {
  readonly type?: unknown;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly default?: unknown;
}

function fieldOf(name: string, property: SchemaProperty, required: boolean): FieldDefinition {
  const { description: label = name, type, default: usual } = property;
  const common = { name, label, required };
  if (property.enum !== undefined)
    return { ...common, type: "choice", choices: property.enum.map(String), ...usualOf(isText, usual) };
  if (type === "string") return { ...common, type: "text", ...usualOf(isText, usual) };
  if (type === "integer") return { ...common, type: "integer", ...usualOf(isWhole, usual) };
  if (type === "number") return { ...common, type: "number", ...usualOf(isNumber, usual) };
  if (type === "boolean") return { ...common, type: "boolean", ...usualOf(isBoolean, usual) };
  throw new RunbookError(
    "RUNBOOK_BROKEN",
    `The field \`${name}\` of a form is neither a text, a number, a boolean nor an enum.`,
  );
}

function usualOf<T extends Json>(
  is: (value: unknown) => value is T,
  usual: unknown,
): { readonly default?: T } {
  return is(usual) ? { default: usual } : {};
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}
