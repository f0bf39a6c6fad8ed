import { z } from "zod";

const Change = z.looseObject({
  actions: z.array(z.string()),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  after_unknown: z.unknown().optional(),
  before_sensitive: z.unknown().optional(),
  after_sensitive: z.unknown().optional(),
  importing: z.unknown().optional(),
});

const ResourceChange = z.looseObject({
  address: z.string(),
  type: z.string(),
  change: Change,
  action_reason: z.string().optional(),
});

/** What `terraform show -json PLAN` prints; sensitive values are in clear text here. */
export const PlanJson = z.looseObject({
  format_version: z.string(),
  terraform_version: z.string(),
  applyable: z.boolean().default(true),
  complete: z.boolean().default(true),
  errored: z.boolean().default(false),
  resource_changes: z.array(ResourceChange).default([]),
  resource_drift: z.array(ResourceChange).default([]),
  output_changes: z.record(z.string(), Change).default({}),
});

export type PlanJson = z.output<typeof PlanJson>;
export type ResourceChange = z.output<typeof ResourceChange>;
export type Change = z.output<typeof Change>;

/** What terraform does with one object. */
export const Action = z.enum(["create", "update", "delete", "replace", "read", "import", "forget", "no-op"]);
export type Action = z.output<typeof Action>;

export function actionOf({ actions, importing }: Change): Action {
  if (actions.includes("delete") && actions.includes("create")) return "replace";
  const action = Action.safeParse(actions[0]).data ?? "no-op";
  return action === "no-op" && importing !== undefined && importing !== null ? "import" : action;
}

/** Whether two values say the same; providers turn null into `{}`, `[]` or `""` and back without meaning anything. */
export function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(meaning(left)) === JSON.stringify(meaning(right));
}

/** The value without what is empty, its keys in order; undefined when nothing is left. */
export function meaning(value: unknown): unknown {
  if (value === null || value === "") return undefined;
  if (Array.isArray(value))
    return value.length === 0 ? undefined : value.map((item) => meaning(item) ?? null);
  if (!isObject(value)) return value;
  const entries = Object.entries(value)
    .map(([key, item]) => [key, meaning(item)] as const)
    .filter(([, item]) => item !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
