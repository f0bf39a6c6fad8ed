/** `terraform show -json`: the subset of the plan and state formats that a reader of plans needs. */
import { type Attributes, resourceOf } from "../config/config.ts";
import { type Change, hasChanges, type Plan } from "./plan.ts";
import { instancesOf, type State } from "../state/state.ts";
import { terraformVersion } from "../terminal/view.ts";

const provider_name = "registry.terraform.io/hashicorp/aws";

export function planJson(plan: Plan): unknown {
  return {
    format_version: "1.2",
    terraform_version: terraformVersion,
    planned_values: { outputs: outputsAfter(plan), root_module: { resources: plannedResources(plan) } },
    resource_drift: plan.drift.map(changeJson),
    resource_changes: plan.mode === "normal" ? plan.changes.map(changeJson) : [],
    output_changes: Object.fromEntries(
      Object.entries(plan.outputs).map(([name, change]) => [name, outputJson(change)]),
    ),
    prior_state: stateJson(plan.prior),
    timestamp: plan.created,
    applyable: hasChanges(plan) && !plan.isErrored,
    complete: !plan.isTargeted && !plan.isErrored,
    errored: plan.isErrored,
  };
}

export function stateJson(state: State): unknown {
  const outputs = Object.fromEntries(
    Object.entries(state.outputs).map(([name, { value, type }]) => [name, { sensitive: false, value, type }]),
  );
  const resources = [...instancesOf(state)].map(([address, instance]) => ({
    ...identity(address),
    schema_version: instance.schema_version,
    values: instance.attributes,
    sensitive_values: {},
    ...(instance.dependencies === undefined ? {} : { depends_on: instance.dependencies }),
    ...(instance.status === "tainted" ? { tainted: true } : {}),
  }));
  return {
    format_version: "1.0",
    terraform_version: terraformVersion,
    values: { outputs, root_module: { resources } },
  };
}

function identity(address: string) {
  const { resource_type: type, resource_name: name } = resourceOf(address);
  return { address, mode: "managed", type, name, provider_name };
}

const actions = {
  "no-op": ["no-op"],
  create: ["create"],
  update: ["update"],
  delete: ["delete"],
  replace: ["delete", "create"],
} as const;

const reasons = {
  tainted: "replace_because_tainted",
  requested: "replace_by_request",
  cannot_update: "replace_because_cannot_update",
} as const;

function changeJson(change: Change): unknown {
  const mask = Object.fromEntries(change.sensitive.map((name) => [name, true]));
  return {
    ...identity(change.address),
    change: {
      actions: actions[change.action],
      before: change.before,
      after: change.after === null ? null : without(change.after, change.unknown),
      after_unknown:
        change.after === null ? false : Object.fromEntries(change.unknown.map((name) => [name, true])),
      before_sensitive: change.before === null ? false : mask,
      after_sensitive: change.after === null ? false : mask,
      ...(change.forcedBy.length > 0 ? { replace_paths: change.forcedBy.map((name) => [name]) } : {}),
    },
    ...(change.reason === undefined ? {} : { action_reason: reasons[change.reason] }),
  };
}

function without(attributes: Attributes, names: readonly string[]): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));
}

function outputJson({ action, before, after, unknown }: Plan["outputs"][string]): unknown {
  const known = unknown ? {} : { after };
  return {
    actions: [action],
    before,
    ...known,
    after_unknown: unknown,
    before_sensitive: false,
    after_sensitive: false,
  };
}

function outputsAfter({ outputs }: Plan): unknown {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { after, unknown }]) => [
      name,
      unknown ? { sensitive: false } : { sensitive: false, type: "string", value: after },
    ]),
  );
}

function plannedResources({ changes, prior }: Plan): readonly unknown[] {
  const planned = new Map(changes.map((change) => [change.address, change]));
  const addresses = new Set([...instancesOf(prior).keys(), ...planned.keys()]);
  return [...addresses].toSorted().flatMap((address) => {
    const change = planned.get(address);
    const values = change === undefined ? instancesOf(prior).get(address)?.attributes : change.after;
    if (values === null || values === undefined) return [];
    return [{ ...identity(address), values: without(values, change?.unknown ?? []), sensitive_values: {} }];
  });
}
