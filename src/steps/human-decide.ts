import { z } from "zod";
import { defineStep } from "../model/step.ts";

const option = z.strictObject({
  id: z.string().min(1),
  label: z.string().min(1),
  /** Never offered first. */
  danger: z.boolean(),
  suggested: z.boolean().optional(),
  /** Why it cannot be chosen now. */
  disabled: z.string().min(1).optional(),
  reasonNeeded: z.boolean(),
});

/** A fork in the road: a person chooses one of the options. */
export const humanDecide = defineStep({
  kind: "human.decide",
  effect: "human",
  risk: "none",
  input: z.strictObject({
    title: z.string().min(1),
    summary: z.string().optional(),
    lines: z.array(z.string()).optional(),
    /** Whether a person at a terminal is asked for files that show what was done. */
    evidence: z.boolean().optional(),
    options: z
      .array(option)
      .min(1)
      .refine(
        (options) => new Set(options.map(({ id }) => id)).size === options.length,
        "must have different ids",
      ),
  }),
  output: z.strictObject({ choice: z.string(), reason: z.string(), by: z.string() }),
  describe: ({ title, options, evidence }) =>
    evidence === true
      ? `have it done by hand and confirmed: ${title}`
      : `ask to choose ${options.map(({ id }) => id).join(" or ")}: ${title}`,
});
