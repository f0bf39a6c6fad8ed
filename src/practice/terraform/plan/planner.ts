/** Compares what is wanted with what is: the part of the stand-in that decides. */
import type { Attributes, Config, Wanted } from "../config/config.ts";
import { failure } from "../terminal/diagnostic.ts";
import type { Change, OutputChange } from "./plan.ts";
import { typeOf } from "../resources/registry.ts";
import type { ResourceType } from "../resources/resource-type.ts";
import { attributesOf, type Instance, instancesOf, type State } from "../state/state.ts";
import { agrees, referencesIn, resolve, type Scope, unknown } from "../config/values.ts";

/** The addresses that a plan touches: all, or the targets and whatever they refer to. */
export function selection(config: Config, targets: readonly string[]): (address: string) => boolean {
  if (targets.length === 0) return () => true;
  const wanted = new Map(config.resources.map((resource) => [resource.address, resource]));
  const selected = new Set<string>();
  const add = (address: string): void => {
    if (selected.has(address)) return;
    selected.add(address);
    referencesIn(wanted.get(address)?.values ?? {}).forEach(add);
  };
  targets.forEach((target) => add(target.replace(/\[.*\]$/, "")));
  return (address) => selected.has(address);
}

export interface Planning {
  readonly config: Config;
  readonly state: State;
  readonly isSelected: (address: string) => boolean;
  readonly replace: readonly string[];
}

/** The change of every selected resource, in the order of their addresses. */
export function planChanges({ config, state, isSelected, replace }: Planning): readonly Change[] {
  const changes = new Map<string, Change>();
  const existing = instancesOf(state);
  const scope: Scope = (address, attribute) =>
    planned(changes.get(address), attribute, attributesOf(state, address));
  // What others refer to comes first, so that its new attributes are known to be unknown.
  for (const wanted of inOrder(config.resources).filter(({ address }) => isSelected(address))) {
    const values = attributes(wanted, scope);
    const isRequested = replace.includes(wanted.address);
    changes.set(wanted.address, changeOf(wanted, values, existing.get(wanted.address), isRequested));
  }
  for (const [address, instance] of existing) {
    const isWanted = config.resources.some((wanted) => wanted.address === address);
    if (!isWanted && isSelected(address)) changes.set(address, removal(address, instance));
  }
  return [...changes.values()].toSorted((a, b) => (a.address < b.address ? -1 : 1));
}

function planned(change: Change | undefined, attribute: string, actual: Attributes | undefined): unknown {
  if (change === undefined) return actual?.[attribute];
  return change.unknown.includes(attribute) ? unknown : change.after?.[attribute];
}

function inOrder(resources: readonly Wanted[]): readonly Wanted[] {
  const byAddress = new Map(resources.map((resource) => [resource.address, resource]));
  const ordered = new Set<Wanted>();
  const add = (wanted: Wanted | undefined): void => {
    if (wanted === undefined || ordered.has(wanted)) return;
    referencesIn(wanted.values).forEach((address) => add(byAddress.get(address)));
    ordered.add(wanted);
  };
  resources.forEach(add);
  return [...ordered];
}

function attributes({ values }: Wanted, scope: Scope): Attributes {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, resolve(value, scope)]));
}

function changeOf(
  wanted: Wanted,
  values: Attributes,
  instance: Instance | undefined,
  isRequested: boolean,
): Change {
  const { address, sensitive } = wanted;
  const base = { address, forcedBy: [], sensitive, unknown: [] };
  if (instance === undefined) return { ...base, action: "create", before: null, ...made(address, values) };
  const before = instance.attributes;
  const differing = Object.keys(values).filter((name) => !agrees(values[name], before[name]));
  if (instance.status === "tainted" || isRequested) {
    const reason = instance.status === "tainted" ? "tainted" : "requested";
    return { ...base, action: "replace", reason, before, ...made(address, values) };
  }
  const counting = differing.filter((name) => !wanted.ignore_changes.includes(name));
  if (counting.length === 0) return { ...base, action: "no-op", before, after: before };
  const { updatable } = changeable(address);
  const forcedBy = counting.filter((name) => !updatable.includes(name));
  if (forcedBy.length === 0) {
    const changed = Object.fromEntries(counting.map((name) => [name, values[name]]));
    return { ...base, action: "update", before, after: { ...before, ...changed } };
  }
  return { ...base, action: "replace", reason: "cannot_update", before, ...made(address, values), forcedBy };
}

function made(address: string, values: Attributes): { after: Attributes; unknown: string[] } {
  const { computed, defaults } = changeable(address);
  const known = Object.entries(values).filter(([, value]) => value !== unknown);
  const open = Object.keys(values).filter((name) => values[name] === unknown);
  return { after: { ...defaults, ...Object.fromEntries(known) }, unknown: [...computed, ...open] };
}

function changeable(address: string): ResourceType {
  const type = typeOf(address);
  if (type !== undefined) return type;
  throw failure(
    `The stand-in terraform does not change ${address}`,
    "It only reads the kinds that the incident leaves alone.",
  );
}

function removal(address: string, { attributes: before }: Instance): Change {
  changeable(address);
  return { address, action: "delete", forcedBy: [], before, after: null, unknown: [], sensitive: [] };
}

/** The outputs before and after; those that refer to something outside of the plan are left out. */
export function planOutputs(
  { config, state, isSelected }: Omit<Planning, "replace">,
  changes: readonly Change[],
): Record<string, OutputChange> {
  const byAddress = new Map(changes.map((change) => [change.address, change]));
  const scope: Scope = (address, attribute) =>
    planned(byAddress.get(address), attribute, attributesOf(state, address));
  return Object.fromEntries(
    selectedOutputs(config, isSelected).map(([name, template]) => {
      const before = state.outputs[name]?.value ?? null;
      const after = resolve(template, scope);
      if (after === unknown)
        return [name, { action: before === null ? "create" : "update", before, after: null, unknown: true }];
      const changed = before === null ? "create" : "update";
      return [name, { action: before === after ? "no-op" : changed, before, after, unknown: false }];
    }),
  );
}

function selectedOutputs(config: Config, isSelected: (address: string) => boolean) {
  return Object.entries(config.outputs).filter(([, template]) => referencesIn(template).every(isSelected));
}
