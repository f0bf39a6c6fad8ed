import type { Ids } from "../account/ids.ts";
import { optionalText, records, texts } from "../account/input.ts";
import { dropTags, setTags, tagPairs, tagsOf, type Tags } from "../account/tags.ts";
import { AwsError, type Request } from "../account/world.ts";

export interface Vpc {
  readonly id: string;
  readonly cidr: string;
  readonly tags: Tags;
  /** By attribute name, for example `enableDnsSupport`. */
  readonly attributes: Map<string, boolean>;
}

export interface Subnet {
  readonly id: string;
  readonly vpc: string;
  readonly cidr: string;
  readonly zone: string;
  readonly tags: Tags;
  readonly attributes: Map<string, boolean>;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly vpc: string;
  readonly tags: Tags;
}

export type PeerKind = "ipv4" | "ipv6" | "group" | "prefix-list";

/** One rule admits one peer: a permission with several peers is several rules. */
export interface Rule {
  readonly id: string;
  readonly group: string;
  readonly direction: "ingress" | "egress";
  /** `tcp`, `udp`, `icmp`, a number, or `-1` for all. */
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  readonly peer: { readonly kind: PeerKind; readonly value: string };
  readonly description: string | undefined;
  readonly tags: Tags;
}

export interface Ec2State {
  readonly ids: Ids;
  readonly account: string;
  readonly region: string;
  readonly vpcs: Map<string, Vpc>;
  readonly subnets: Map<string, Subnet>;
  readonly groups: Map<string, SecurityGroup>;
  readonly rules: Map<string, Rule>;
}

export function createEc2State(ids: Ids, account: string, region: string): Ec2State {
  return { ids, account, region, vpcs: new Map(), subnets: new Map(), groups: new Map(), rules: new Map() };
}

/** The resources with these ids, all when no id is asked for; `code` is the refusal when one is unknown. */
export function pick<T>(
  all: ReadonlyMap<string, T>,
  ids: readonly string[],
  refusal: { readonly code: string; readonly noun: string },
): readonly T[] {
  if (ids.length === 0) return [...all.values()];
  return ids.map((id) => find(all, id, refusal));
}

export function find<T>(
  all: ReadonlyMap<string, T>,
  id: string,
  refusal: { readonly code: string; readonly noun: string },
): T {
  const found = all.get(id);
  if (found === undefined) throw new AwsError(refusal.code, `The ${refusal.noun} '${id}' does not exist`);
  return found;
}

export const noVpc = { code: "InvalidVpcID.NotFound", noun: "vpc ID" };
export const noSubnet = { code: "InvalidSubnetID.NotFound", noun: "subnet ID" };
export const noGroup = { code: "InvalidGroup.NotFound", noun: "security group" };
export const noRule = { code: "InvalidSecurityGroupRuleId.NotFound", noun: "security group rule ID" };

/** The tags that a request to create something of this type gives it. */
export function tagsFor(request: Request, type: string): Tags {
  const tags = tagsOf({});
  for (const specification of records(request, "TagSpecification")) {
    if (optionalText(specification, "ResourceType") === type) setTags(tags, records(specification, "Tag"));
  }
  return tags;
}

/** Tags as EC2 writes them. */
export function tagSet(tags: Tags): readonly { readonly key: string; readonly value: string }[] {
  return tagPairs(tags).map(({ Key, Value }) => ({ key: Key, value: Value }));
}

export function tagResources(state: Ec2State, request: Request): boolean {
  const pairs = records(request, "Tag");
  return taggedBy(state, request)
    .map(({ tags }) => setTags(tags, pairs))
    .includes(true);
}

export function untagResources(state: Ec2State, request: Request): boolean {
  const keys = records(request, "Tag").map((tag) => optionalText(tag, "Key") ?? "");
  return taggedBy(state, request)
    .map(({ tags }) => dropTags(tags, keys))
    .includes(true);
}

function taggedBy(state: Ec2State, request: Request): readonly { readonly tags: Tags }[] {
  const { vpcs, subnets, groups, rules } = state;
  return texts(request, "ResourceId").map((id) => {
    const found = vpcs.get(id) ?? subnets.get(id) ?? groups.get(id) ?? rules.get(id);
    if (!found) throw new AwsError("InvalidID", `The ID '${id}' is not valid`);
    return found;
  });
}
