/**
 * The terraform state at the beginning of the incident, as the AWS provider 5.100 writes it, so that no apply is
 * needed to begin. A refresh of the seeded world must find nothing different: a test runs the real terraform on it.
 */
import { incident } from "./incident.ts";
import { apiEntries, taskDefinitionArn } from "./seed-state-api.ts";
import type { StateEntry } from "./seed-state-entry.ts";
import { networkEntries } from "./seed-state-network.ts";
import type { Trouble } from "./troubles.ts";

const { securityGroups, targetGroup } = incident;

/** The text of the state; `serial` counts what terraform saved. */
export function seedState(wrong: readonly Trouble[], serial = 41): string {
  const entries = [...networkEntries(wrong), ...apiEntries(wrong)].toSorted(byAddress);
  const outputs = {
    api_security_group: securityGroups.api,
    cluster: incident.cluster,
    redis_security_group: securityGroups.redis,
    target_group_arn: targetGroup.arn,
    task_definition_arn: taskDefinitionArn,
  };
  const state = {
    version: 4,
    terraform_version: "1.11.4",
    serial,
    lineage: "6f1d8c2e-4b7a-9035-d1c4-2a8e5f7b9c60",
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, value]) => [name, { value, type: "string" }]),
    ),
    resources: entries.map(resource),
    check_results: null,
  };
  return `${JSON.stringify(state, undefined, 2)}\n`;
}

function resource({ type, name, schemaVersion, attributes, dependencies }: StateEntry): unknown {
  const instance = {
    schema_version: schemaVersion,
    attributes,
    sensitive_attributes: [],
    ...(dependencies === undefined ? {} : { dependencies }),
  };
  const provider = 'provider["registry.terraform.io/hashicorp/aws"]';
  return { mode: "managed", type, name, provider, instances: [instance] };
}

function byAddress(a: StateEntry, b: StateEntry): number {
  return `${a.type}.${a.name}` < `${b.type}.${b.name}` ? -1 : 1;
}
