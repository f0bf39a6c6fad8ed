import { type Change, isObject, type PlanJson, type ResourceChange } from "./plan-json.ts";
import { containersOf } from "./task-definition.ts";

const hidden = "[sensitive]";

/** The value with everything hidden that terraform's mask of the same shape marks by `true`. */
function mask(value: unknown, sensitive: unknown): unknown {
  if (sensitive === true) return value === null || value === undefined ? value : hidden;
  if (Array.isArray(value)) {
    return value.map((item, index) => mask(item, Array.isArray(sensitive) ? sensitive[index] : undefined));
  }
  if (!isObject(value)) return value;
  const of = isObject(sensitive) ? sensitive : {};
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mask(item, of[key])]));
}

/** The parts of a plan that may be kept: changes, drift and outputs with their masks applied. Inputs and state stay out. */
export function maskedPlan(plan: PlanJson): Uint8Array {
  const kept = {
    format_version: plan.format_version,
    terraform_version: plan.terraform_version,
    applyable: plan.applyable,
    complete: plan.complete,
    errored: plan.errored,
    resource_changes: plan.resource_changes.map(maskedResource),
    resource_drift: plan.resource_drift.map(maskedResource),
    output_changes: Object.fromEntries(
      Object.entries(plan.output_changes).map(([name, change]) => [name, maskedChange(change)]),
    ),
  };
  return new TextEncoder().encode(JSON.stringify(kept, undefined, 2));
}

function maskedResource(resource: ResourceChange): unknown {
  return { ...resource, change: maskedChange(resource.change) };
}

/** `before` and `after` with their masks applied, as everything that is shown or stored has them. */
export function maskedChange(change: Change): Change {
  return {
    ...change,
    before: withoutEnvironment(mask(change.before, change.before_sensitive)),
    after: withoutEnvironment(mask(change.after, change.after_sensitive)),
  };
}

/** Terraform marks nothing in container definitions, and people put passwords into a container's environment. */
function withoutEnvironment(values: unknown): unknown {
  const containers = containersOf(values);
  if (!isObject(values) || containers === undefined) return values;
  const safe = containers.map((container) => ({
    ...container,
    ...(container.environment && {
      environment: container.environment.map(({ name }) => ({ name, value: hidden })),
    }),
  }));
  return { ...values, container_definitions: JSON.stringify(safe) };
}
