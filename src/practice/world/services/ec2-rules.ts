import { optionalInteger, optionalRecord, optionalText, records, text, texts } from "../account/input.ts";
import { tagsOf, type TagValues, type Tags } from "../account/tags.ts";
import { AwsError, type Request, type Service, type World } from "../account/world.ts";
import { applyFilters } from "./ec2-filters.ts";
import { isSamePermission, protocolName, readPermissions, type Permission } from "./ec2-permissions.ts";
import {
  find,
  noGroup,
  noRule,
  pick,
  tagSet,
  tagsFor,
  type Ec2State,
  type PeerKind,
  type Rule,
} from "./ec2-state.ts";

export interface SecurityGroupRuleSeed {
  readonly id: string;
  readonly group: string;
  readonly direction?: Rule["direction"];
  /** `tcp` unless told; `-1` is every protocol and needs no ports. */
  readonly protocol?: string;
  readonly from?: number;
  readonly to?: number;
  readonly peer: Rule["peer"];
  readonly description?: string;
  readonly tags?: TagValues;
}

export function putSecurityGroupRule(state: Ec2State, seed: SecurityGroupRuleSeed): void {
  const {
    id,
    group,
    direction = "ingress",
    protocol = "tcp",
    from = -1,
    to = from,
    peer,
    description,
  } = seed;
  state.rules.set(id, {
    id,
    group,
    direction,
    protocol,
    from,
    to,
    peer,
    description,
    tags: tagsOf(seed.tags),
  });
}

export function createRules(state: Ec2State): Service {
  return {
    AuthorizeSecurityGroupIngress: (request, world) => authorize(state, "ingress", request, world),
    AuthorizeSecurityGroupEgress: (request, world) => authorize(state, "egress", request, world),
    RevokeSecurityGroupIngress: (request, world) => revoke(state, "ingress", request, world),
    RevokeSecurityGroupEgress: (request, world) => revoke(state, "egress", request, world),
    DescribeSecurityGroupRules: (request) => {
      const rules = pick(state.rules, texts(request, "SecurityGroupRuleId"), noRule);
      const matching = applyFilters(request, rules, (rule) => ({
        "group-id": rule.group,
        "security-group-rule-id": rule.id,
      }));
      return { securityGroupRuleSet: matching.map((rule) => describe(state, rule)) };
    },
    ModifySecurityGroupRules: (request, { ledger }) => {
      const { id } = find(state.groups, text(request, "GroupId"), noGroup);
      for (const change of records(request, "SecurityGroupRule")) modify(state, id, change);
      ledger.record("ec2:ModifySecurityGroupRules", id, request);
      return { return: true };
    },
    UpdateSecurityGroupRuleDescriptionsIngress: (request, world) =>
      redescribe(state, "ingress", request, world),
    UpdateSecurityGroupRuleDescriptionsEgress: (request, world) =>
      redescribe(state, "egress", request, world),
  };
}

type Direction = Rule["direction"];

const suffix = { ingress: "Ingress", egress: "Egress" } as const;

function authorize(state: Ec2State, direction: Direction, request: Request, world: World): unknown {
  const group = find(state.groups, text(request, "GroupId"), noGroup);
  const permissions = readPermissions(request);
  // All or nothing: every permission is looked at before the first rule is made.
  for (const permission of permissions) {
    if (permission.peer.kind === "group") find(state.groups, permission.peer.value, noGroup);
    if (rulesFor(state, group.id, direction, [permission]).length > 0) throw duplicate(permission);
  }
  const tags = tagsFor(request, "security-group-rule");
  const rules = permissions.map((permission) => addRule(state, group.id, direction, { ...permission, tags }));
  world.ledger.record(`ec2:AuthorizeSecurityGroup${suffix[direction]}`, group.id, request);
  return { return: true, securityGroupRuleSet: rules.map((rule) => describe(state, rule)) };
}

function addRule(
  state: Ec2State,
  group: string,
  direction: Direction,
  given: Permission & { readonly tags: Tags },
): Rule {
  const rule = { ...given, id: state.ids.hex("sgr-0", 16), group, direction, tags: new Map(given.tags) };
  state.rules.set(rule.id, rule);
  return rule;
}

function duplicate({ peer, protocol, from, to }: Permission): AwsError {
  const ports = `${protocol.toUpperCase()}, from port: ${from}, to port: ${to}`;
  return new AwsError(
    "InvalidPermission.Duplicate",
    `the specified rule "peer: ${peer.value}, ${ports}, ALLOW" already exists`,
  );
}

function rulesFor(
  state: Ec2State,
  group: string,
  direction: Direction,
  permissions: readonly Permission[],
): readonly Rule[] {
  return [...state.rules.values()].filter(
    (rule) =>
      rule.group === group &&
      rule.direction === direction &&
      permissions.some((permission) => isSamePermission(rule, permission)),
  );
}

function revoke(state: Ec2State, direction: Direction, request: Request, world: World): unknown {
  const group = find(state.groups, text(request, "GroupId"), noGroup);
  const ids = texts(request, "SecurityGroupRuleId");
  const permissions = ids.length > 0 ? [] : readPermissions(request);
  const rules =
    ids.length > 0 ? pick(state.rules, ids, noRule) : rulesFor(state, group.id, direction, permissions);
  if (rules.length < permissions.length) {
    throw new AwsError(
      "InvalidPermission.NotFound",
      "The specified rule does not exist in this security group.",
    );
  }
  for (const rule of rules) state.rules.delete(rule.id);
  world.ledger.record(`ec2:RevokeSecurityGroup${suffix[direction]}`, group.id, request);
  return { return: true };
}

function redescribe(state: Ec2State, direction: Direction, request: Request, world: World): unknown {
  const group = find(state.groups, text(request, "GroupId"), noGroup);
  for (const permission of readPermissions(request)) {
    for (const rule of rulesFor(state, group.id, direction, [permission])) {
      state.rules.set(rule.id, { ...rule, description: permission.description });
    }
  }
  world.ledger.record(`ec2:UpdateSecurityGroupRuleDescriptions${suffix[direction]}`, group.id, request);
  return { return: true };
}

const modifiedPeers: readonly (readonly [string, PeerKind])[] = [
  ["CidrIpv4", "ipv4"],
  ["CidrIpv6", "ipv6"],
  ["ReferencedGroupId", "group"],
  ["PrefixListId", "prefix-list"],
];

function modify(state: Ec2State, group: string, change: Request): void {
  const rule = find(state.rules, text(change, "SecurityGroupRuleId"), noRule);
  const given = optionalRecord(change, "SecurityGroupRule") ?? {};
  const [name, kind] = modifiedPeers.find(([member]) => optionalText(given, member) !== undefined) ?? [];
  state.rules.set(rule.id, {
    ...rule,
    group,
    protocol: protocolName(optionalText(given, "IpProtocol") ?? rule.protocol),
    from: optionalInteger(given, "FromPort") ?? -1,
    to: optionalInteger(given, "ToPort") ?? -1,
    peer: name === undefined || kind === undefined ? rule.peer : { kind, value: text(given, name) },
    description: optionalText(given, "Description"),
  });
}

function describe(state: Ec2State, rule: Rule): unknown {
  const { kind, value } = rule.peer;
  return {
    securityGroupRuleId: rule.id,
    securityGroupRuleArn: `arn:aws:ec2:${state.region}:${state.account}:security-group-rule/${rule.id}`,
    groupId: rule.group,
    groupOwnerId: state.account,
    isEgress: rule.direction === "egress",
    ipProtocol: rule.protocol,
    fromPort: rule.from,
    toPort: rule.to,
    cidrIpv4: kind === "ipv4" ? value : undefined,
    cidrIpv6: kind === "ipv6" ? value : undefined,
    prefixListId: kind === "prefix-list" ? value : undefined,
    referencedGroupInfo: kind === "group" ? { groupId: value, userId: state.account } : undefined,
    description: rule.description,
    tagSet: tagSet(rule.tags),
  };
}
