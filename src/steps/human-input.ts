import { z } from "zod";
import { defineStep } from "../model/step.ts";

const common = { name: z.string().min(1), label: z.string().min(1), required: z.boolean().default(true) };

const field = z.discriminatedUnion("type", [
  z.strictObject({ ...common, type: z.literal("text"), default: z.string().optional() }),
  z.strictObject({ ...common, type: z.literal("integer"), default: z.int().optional() }),
  z.strictObject({ ...common, type: z.literal("number"), default: z.number().optional() }),
  z.strictObject({ ...common, type: z.literal("boolean"), default: z.boolean().optional() }),
  z.strictObject({
    ...common,
    type: z.literal("choice"),
    choices: z.array(z.string().min(1)).min(1),
    default: z.string().optional(),
  }),
]);

/** A form: a person enters values. Secrets do not belong into it, because what is entered is stored. */
export const humanInput = defineStep({
  kind: "human.input",
  effect: "human",
  risk: "none",
  input: z.strictObject({
    title: z.string().min(1),
    fields: z
      .array(field)
      .min(1)
      .refine(
        (fields) => new Set(fields.map(({ name }) => name)).size === fields.length,
        "must have different names",
      ),
  }),
  output: z.strictObject({
    values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    by: z.string(),
  }),
  describe: ({ title, fields }) => `ask for ${fields.map(({ name }) => name).join(", ")}: ${title}`,
});
