import { z } from "zod";
import { ChangeDetail, detailOf } from "./plan-changes.ts";
import { Action, actionOf, isSame, type PlanJson, type ResourceChange } from "./plan-json.ts";

const Planned = z.strictObject({
  address: z.string(),
  type: z.string(),
  action: Action,
  /** Why, in terraform's words such as `replace_by_request`; empty when it gives no reason. */
  reason: z.string(),
});

/** What a plan would do. */
export const PlanSummary = z.strictObject({
  /** Only what changes. */
  resources: z.array(Planned),
  /** What changed outside terraform, without what only looks like it. */
  drift: z.array(z.strictObject({ address: z.string(), action: Action })),
  destroys: z.array(z.string()),
  replacements: z.array(z.string()),
  add: z.int(),
  change: z.int(),
  remove: z.int(),
  /** False when the plan covers only a part, as with targets. */
  complete: z.boolean(),
  /** False when there is nothing to apply. */
  applyable: z.boolean(),
  changes: z.array(ChangeDetail),
});
export type PlanSummary = z.output<typeof PlanSummary>;

export function summarise(plan: PlanJson): PlanSummary {
  const changing = plan.resource_changes.filter(({ change }) => actionOf(change) !== "no-op");
  const resources = changing.map(planned);
  const having = (...actions: readonly Action[]) =>
    resources.filter(({ action }) => actions.includes(action));
  return {
    resources,
    drift: plan.resource_drift
      .filter(isRealDrift)
      .map(({ address, change }) => ({ address, action: actionOf(change) })),
    destroys: having("delete").map(({ address }) => address),
    replacements: having("replace").map(({ address }) => address),
    add: having("create", "replace").length,
    change: having("update").length,
    remove: having("delete", "replace").length,
    complete: plan.complete,
    applyable: plan.applyable,
    changes: changing.map(detailOf),
  };
}

function planned({ address, type, change, action_reason }: ResourceChange): z.output<typeof Planned> {
  return { address, type, action: actionOf(change), reason: action_reason ?? "" };
}

function isRealDrift({ change }: ResourceChange): boolean {
  const action = actionOf(change);
  return action !== "no-op" && (action !== "update" || !isSame(change.before, change.after));
}
