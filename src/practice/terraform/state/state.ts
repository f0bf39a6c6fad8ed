import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Attributes } from "../config/config.ts";
import { sorted } from "../config/values.ts";
import { terraformVersion } from "../terminal/view.ts";

const Instance = z.looseObject({
  status: z.literal("tainted").optional(),
  schema_version: z.number(),
  attributes: z.record(z.string(), z.unknown()),
  dependencies: z.array(z.string()).optional(),
});

const StateResource = z.looseObject({
  mode: z.string(),
  type: z.string(),
  name: z.string(),
  instances: z.array(Instance),
});

/** A state file of version 4; members that the stand-in does not know stay as they are. */
export const State = z.looseObject({
  version: z.literal(4),
  terraform_version: z.string(),
  serial: z.number(),
  lineage: z.string(),
  outputs: z.record(z.string(), z.looseObject({ value: z.unknown(), type: z.unknown() })),
  resources: z.array(StateResource),
});

export type Instance = z.infer<typeof Instance>;
export type State = z.infer<typeof State>;

export function emptyState(): State {
  return {
    version: 4,
    terraform_version: terraformVersion,
    serial: 0,
    lineage: randomUUID(),
    outputs: {},
    resources: [],
  };
}

/** The addresses in the state with their instances; the fixture uses neither `count` nor `for_each`. */
export function instancesOf(state: State): ReadonlyMap<string, Instance> {
  return new Map(
    state.resources.flatMap(({ type, name, instances }) =>
      instances.slice(0, 1).map((instance) => [`${type}.${name}`, instance] as const),
    ),
  );
}

export function attributesOf(state: State, address: string): Attributes | undefined {
  return instancesOf(state).get(address)?.attributes;
}

/** The state with the instance at `address` replaced, added, or (for undefined) removed. */
export function withInstance(state: State, address: string, instance: Instance | undefined): State {
  const [type = "", name = ""] = address.split(".");
  const others = state.resources.filter((resource) => `${resource.type}.${resource.name}` !== address);
  if (instance === undefined) return { ...state, resources: others };
  const provider = 'provider["registry.terraform.io/hashicorp/aws"]';
  const resources = [...others, { mode: "managed", type, name, provider, instances: [instance] }];
  return { ...state, resources: resources.toSorted(byAddress) };
}

function byAddress(a: { type: string; name: string }, b: { type: string; name: string }): number {
  const [left, right] = [`${a.type}.${a.name}`, `${b.type}.${b.name}`];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** The bytes of the state object. */
export function serialize(state: State): string {
  return `${JSON.stringify(state, undefined, 2)}\n`;
}

/** Whether two states hold the same, whatever their serials and the order of their members. */
export function isSame(a: State, b: State): boolean {
  const picture = (state: State) => JSON.stringify(sorted({ ...state, serial: 0 }));
  return picture(a) === picture(b);
}
