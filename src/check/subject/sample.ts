/** Values that a schema accepts, to call a runbook's functions with. They stand for shapes, not for meanings. */
import { z } from "zod";

/** `full` has everything that is optional, and lists with an element; `bare` has neither. */
export type Fullness = "full" | "bare";

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema | boolean;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly format?: string;
}

const schemas = new WeakMap<z.core.$ZodType, JsonSchema>();

/** A value of the kind that parsing with the schema gives. */
export function sampleOf(schema: z.core.$ZodType, fullness: Fullness): unknown {
  const known = schemas.get(schema) ?? jsonSchemaOf(schema);
  schemas.set(schema, known);
  return valueOf(known, fullness);
}

function jsonSchemaOf(schema: z.core.$ZodType): JsonSchema {
  // A JSON schema is what this reads; the types of the two libraries do not know each other.
  return z.toJSONSchema(schema, { io: "output", unrepresentable: "any" }) as JsonSchema;
}

function valueOf(shape: JsonSchema, fullness: Fullness): unknown {
  if ("const" in shape) return shape.const;
  if (shape.enum !== undefined) return fullness === "full" ? shape.enum[0] : shape.enum.at(-1);
  const options = shape.anyOf ?? shape.oneOf;
  const option = fullness === "full" ? options?.[0] : options?.at(-1);
  if (option !== undefined) return valueOf(option, fullness);
  if (shape.allOf !== undefined) return mergedValue(shape.allOf, fullness);
  const types = [shape.type ?? []].flat();
  switch (fullness === "full" ? types[0] : types.at(-1)) {
    case "string":
      return textOf(shape.format);
    case "integer":
    case "number":
      return Math.max(fullness === "full" ? 1 : 0, shape.minimum ?? 0);
    case "boolean":
      return fullness === "full";
    case "array":
      return arrayOf(shape, fullness);
    case "object":
      return objectOf(shape, fullness);
    default:
      return null;
  }
}

function mergedValue(all: readonly JsonSchema[], fullness: Fullness): unknown {
  return Object.assign({}, ...all.map((shape) => valueOf(shape, fullness)));
}

function arrayOf({ items, minItems = 0 }: JsonSchema, fullness: Fullness): unknown {
  const length = Math.max(minItems, fullness === "full" ? 1 : 0);
  const item = typeof items === "object" ? items : {};
  return Array.from({ length }, () => valueOf(item, fullness));
}

function objectOf(
  { properties = {}, required = [], additionalProperties }: JsonSchema,
  fullness: Fullness,
): unknown {
  const present = Object.entries(properties).filter(([key]) => fullness === "full" || required.includes(key));
  const more = typeof additionalProperties === "object" && fullness === "full";
  return Object.fromEntries([
    ...present.map(([key, shape]) => [key, valueOf(shape, fullness)] as const),
    ...(more ? [["key", valueOf(additionalProperties, fullness)] as const] : []),
  ]);
}

const texts: Readonly<Record<string, string>> = {
  uri: "https://example.org/sample",
  uuid: "00000000-0000-4000-8000-000000000000",
  "date-time": "2025-01-01T00:00:00.000Z",
  date: "2025-01-01",
  email: "sample@example.org",
};

function textOf(format: string | undefined): string {
  return texts[format ?? ""] ?? "sample";
}
