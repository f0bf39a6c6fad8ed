import { readFileSync } from "node:fs";
import { z } from "zod";
import { failure } from "../terminal/diagnostic.ts";
import { State } from "../state/state.ts";

const Attributes = z.record(z.string(), z.unknown());

const Change = z.strictObject({
  address: z.string(),
  action: z.enum(["no-op", "create", "update", "delete", "replace"]),
  reason: z.enum(["tainted", "requested", "cannot_update"]).optional(),
  /** The attributes that force a replacement. */
  forcedBy: z.array(z.string()),
  before: Attributes.nullable(),
  after: Attributes.nullable(),
  /** Names of attributes that only the apply will know. */
  unknown: z.array(z.string()),
  sensitive: z.array(z.string()),
});

const OutputChange = z.strictObject({
  action: z.enum(["no-op", "create", "update", "delete"]),
  before: z.unknown(),
  after: z.unknown(),
  unknown: z.boolean(),
});

/** What a plan file of the stand-in holds; the real one is a zip of the same facts. */
export const Plan = z.strictObject({
  format: z.literal("runwright stand-in plan 1"),
  created: z.string(),
  mode: z.enum(["normal", "refresh-only"]),
  isTargeted: z.boolean(),
  isErrored: z.boolean(),
  /** The state that the plan was made from: another one makes it stale. */
  madeFrom: z.strictObject({ lineage: z.string(), serial: z.number() }),
  /** That state after the refresh. */
  prior: State,
  drift: z.array(Change),
  changes: z.array(Change),
  outputs: z.record(z.string(), OutputChange),
});

/** One resource and what the plan means to do with it. */
export type Change = z.infer<typeof Change>;
export type OutputChange = z.infer<typeof OutputChange>;
export type Plan = z.infer<typeof Plan>;

export function readPlan(file: string): Plan {
  try {
    return Plan.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw failure(`Failed to load ${JSON.stringify(file)} as a plan file`, `Error: ${why}`);
  }
}

/** The counts of the summary line; a replacement counts twice. */
export function countsOf(changes: readonly Change[]) {
  const count = (...actions: readonly Change["action"][]) =>
    changes.filter(({ action }) => actions.includes(action)).length;
  return {
    add: count("create", "replace"),
    change: count("update"),
    import: 0,
    remove: count("delete", "replace"),
  };
}

export function hasChanges(plan: Plan): boolean {
  if (plan.mode === "refresh-only") return plan.drift.length > 0;
  return (
    plan.changes.some(({ action }) => action !== "no-op") ||
    Object.values(plan.outputs).some(({ action }) => action !== "no-op")
  );
}
