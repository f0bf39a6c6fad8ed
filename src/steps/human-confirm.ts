import { z } from "zod";
import { defineStep } from "../model/step.ts";
import { duration } from "./parts/shapes.ts";

/** A gate: a person approves or rejects what it shows, and nothing else. */
export const humanConfirm = defineStep({
  kind: "human.confirm",
  effect: "human",
  risk: "none",
  input: z.strictObject({
    title: z.string().min(1),
    summary: z.string(),
    lines: z.array(z.string()).optional(),
    /** How much harm the approved thing can do. */
    risk: z.enum(["none", "low", "medium", "high"]),
    /** What the approval is bound to, for example the digest of a plan file. */
    subject: z.record(z.string(), z.json()).optional(),
    /** What an approval lets happen, for example `apply`. */
    verb: z.string().min(1).optional(),
    /** The writes that an approval allows; the next one on the way by default. */
    covers: z.array(z.string().min(1)).min(1).optional(),
    /** Unanswered for so long, the gate is opened anew; 30m by default. */
    expires: duration.optional(),
    /** So long after the grant an approval may be used, else the gate is opened anew; 15m by default. */
    usable: duration.optional(),
    /** `others` keeps the person who asked for the run from approving; names let only these people; anyone may by default. */
    approvers: z.union([z.enum(["anyone", "others"]), z.array(z.string().min(1)).min(1)]).optional(),
    /** How many different people have to approve; 1 by default. */
    approvals: z.int().min(1).max(9).optional(),
  }),
  output: z.strictObject({ approved: z.boolean(), by: z.string(), reason: z.string() }),
  describe: ({ title, risk }) => `ask for approval (risk ${risk}): ${title}`,
});
