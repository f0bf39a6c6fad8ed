import type { Cloud } from "../aws/cloud.ts";
import { type Attributes, resourceOf } from "../config/config.ts";
import { Failure } from "../terminal/diagnostic.ts";
import type { Change } from "./plan.ts";
import { typeOf } from "../resources/registry.ts";
import { text } from "../resources/resource-type.ts";
import { instancesOf, type State, withInstance } from "../state/state.ts";
import { differences } from "../config/values.ts";
import type { View } from "../terminal/view.ts";

export interface Refreshed {
  readonly state: State;
  readonly drift: readonly Change[];
}

interface Reading {
  readonly view: View;
  readonly cloud: Cloud;
  readonly signal: AbortSignal;
}

/** Reads every selected object from AWS and returns the state as it really is. */
export async function refresh(
  state: State,
  isSelected: (address: string) => boolean,
  reading: Reading,
): Promise<Refreshed> {
  const selected = [...instancesOf(state)].filter(([address]) => isSelected(address));
  for (const [address, { attributes }] of selected) tell(reading.view, "refresh_start", address, attributes);
  const reads = await Promise.allSettled(
    selected.map(async ([address, { attributes }]) => {
      const type = typeOf(address);
      const found = type === undefined ? attributes : await type.read(attributes, reading);
      tell(reading.view, "refresh_complete", address, attributes);
      return found;
    }),
  );
  refuseFailures(reads);
  let refreshed = state;
  const drift: Change[] = [];
  for (const [index, [address, instance]] of selected.entries()) {
    const read = reads[index];
    const found = read?.status === "fulfilled" ? read.value : instance.attributes;
    const isSame = found !== undefined && differences(instance.attributes, found).length === 0;
    if (isSame) continue;
    drift.push(driftOf(address, instance.attributes, found));
    refreshed = withInstance(
      refreshed,
      address,
      found === undefined ? undefined : { ...instance, attributes: found },
    );
  }
  return { state: refreshed, drift };
}

function refuseFailures(reads: readonly PromiseSettledResult<unknown>[]): void {
  const reasons: readonly unknown[] = reads.flatMap((read) =>
    read.status === "rejected" ? [read.reason] : [],
  );
  const bug = reasons.find((reason) => !(reason instanceof Failure));
  if (bug !== undefined) throw bug;
  const failures = reasons.filter((reason) => reason instanceof Failure);
  if (failures.length > 0) throw new Failure(...failures.flatMap(({ diagnostics }) => diagnostics));
}

function tell(
  view: View,
  type: "refresh_start" | "refresh_complete",
  address: string,
  attributes: Attributes,
): void {
  const id = text(attributes, "id");
  const doing = type === "refresh_start" ? "Refreshing state..." : "Refresh complete";
  const hook = { resource: resourceOf(address), id_key: "id", id_value: id };
  view.event(type, `${address}: ${doing} [id=${id}]`, { hook });
}

function driftOf(address: string, before: Attributes, after: Attributes | undefined): Change {
  return {
    address,
    action: after === undefined ? "delete" : "update",
    forcedBy: [],
    before,
    after: after ?? null,
    unknown: [],
    sensitive: [],
  };
}
