import { text, texts } from "../account/input.ts";
import { tagsOf, type TagValues } from "../account/tags.ts";
import { AwsError, type Service } from "../account/world.ts";
import { applyFilters } from "./ec2-filters.ts";
import { permissionsOf } from "./ec2-permissions.ts";
import {
  find,
  noGroup,
  noVpc,
  pick,
  tagSet,
  tagsFor,
  type Ec2State,
  type Rule,
  type SecurityGroup,
} from "./ec2-state.ts";

export interface SecurityGroupSeed {
  readonly id: string;
  readonly name: string;
  readonly vpc: string;
  readonly description?: string;
  readonly tags?: TagValues;
}

/** Puts a group without rules, as terraform leaves it: the rule that admits all egress is not there. */
export function putSecurityGroup(state: Ec2State, seed: SecurityGroupSeed): void {
  const { id, name, vpc, description = "Managed by Terraform" } = seed;
  state.groups.set(id, { id, name, vpc, description, tags: tagsOf(seed.tags) });
}

/** The group that every VPC has from the start, with an id that follows from the VPC's. */
export function addDefaultGroup(state: Ec2State, vpc: string): void {
  const id = vpc.replace("vpc-", "sg-");
  state.groups.set(id, {
    id,
    name: "default",
    description: "default VPC security group",
    vpc,
    tags: tagsOf({}),
  });
  addEgressToAll(state, id);
}

export function createSecurityGroups(state: Ec2State): Service {
  return {
    CreateSecurityGroup: (request, { ledger }) => {
      const group = newGroup(state, {
        name: text(request, "GroupName"),
        description: text(request, "GroupDescription"),
        vpc: find(state.vpcs, text(request, "VpcId"), noVpc).id,
        tags: tagsFor(request, "security-group"),
      });
      ledger.record("ec2:CreateSecurityGroup", group.id, request);
      return {
        groupId: group.id,
        tagSet: tagSet(group.tags),
        securityGroupArn: arnOf(state, group),
        return: true,
      };
    },
    DescribeSecurityGroups: (request) => {
      const names = texts(request, "GroupName");
      const groups = pick(state.groups, texts(request, "GroupId"), noGroup).filter(
        (group) => names.length === 0 || names.includes(group.name),
      );
      if (names.length > 0 && groups.length === 0) {
        throw new AwsError(noGroup.code, `The security group '${names.join(", ")}' does not exist`);
      }
      const matching = applyFilters(request, groups, (group) => filterFields(state, group));
      return { securityGroupInfo: matching.map((group) => describe(state, group)) };
    },
    DeleteSecurityGroup: (request, { ledger }) => {
      const { id } = find(state.groups, text(request, "GroupId"), noGroup);
      const users = rulesWhere(state, (rule) => rule.peer.value === id && rule.group !== id);
      if (users.length > 0) {
        throw new AwsError("DependencyViolation", `resource ${id} has a dependent object`);
      }
      for (const rule of rulesWhere(state, (each) => each.group === id)) state.rules.delete(rule.id);
      state.groups.delete(id);
      ledger.record("ec2:DeleteSecurityGroup", id, request);
      return { return: true, groupId: id };
    },
  };
}

function newGroup(state: Ec2State, given: Omit<SecurityGroup, "id">): SecurityGroup {
  for (const { name, vpc } of state.groups.values()) {
    if (name !== given.name || vpc !== given.vpc) continue;
    throw new AwsError(
      "InvalidGroup.Duplicate",
      `The security group '${name}' already exists for VPC '${vpc}'`,
    );
  }
  const group = { ...given, id: state.ids.hex("sg-0", 16) };
  state.groups.set(group.id, group);
  addEgressToAll(state, group.id);
  return group;
}

/** EC2 gives each new group this rule. */
function addEgressToAll(state: Ec2State, group: string): void {
  const id = state.ids.hex("sgr-0", 16);
  const peer = { kind: "ipv4", value: "0.0.0.0/0" } as const;
  const ports = { protocol: "-1", from: -1, to: -1 };
  state.rules.set(id, {
    id,
    group,
    direction: "egress",
    ...ports,
    peer,
    description: undefined,
    tags: tagsOf({}),
  });
}

function rulesWhere(state: Ec2State, test: (rule: Rule) => boolean): readonly Rule[] {
  return [...state.rules.values()].filter(test);
}

function filterFields(state: Ec2State, group: SecurityGroup) {
  const ingress = rulesWhere(state, (rule) => rule.group === group.id && rule.direction === "ingress");
  const peers = (kind: Rule["peer"]["kind"]) =>
    ingress.filter((rule) => rule.peer.kind === kind).map((rule) => rule.peer.value);
  return {
    "group-id": group.id,
    "group-name": group.name,
    description: group.description,
    "vpc-id": group.vpc,
    "owner-id": state.account,
    "ip-permission.cidr": peers("ipv4"),
    "ip-permission.group-id": peers("group"),
    "ip-permission.protocol": ingress.map((rule) => rule.protocol),
    "ip-permission.from-port": ingress.map((rule) => String(rule.from)),
    "ip-permission.to-port": ingress.map((rule) => String(rule.to)),
  };
}

function describe(state: Ec2State, group: SecurityGroup): unknown {
  const rules = rulesWhere(state, (rule) => rule.group === group.id);
  return {
    ownerId: state.account,
    groupId: group.id,
    groupName: group.name,
    groupDescription: group.description,
    vpcId: group.vpc,
    securityGroupArn: arnOf(state, group),
    ipPermissions: permissionsOf(rules, "ingress", state.account),
    ipPermissionsEgress: permissionsOf(rules, "egress", state.account),
    tagSet: tagSet(group.tags),
  };
}

function arnOf(state: Ec2State, group: SecurityGroup): string {
  return `arn:aws:ec2:${state.region}:${state.account}:security-group/${group.id}`;
}
