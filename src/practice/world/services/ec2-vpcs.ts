import { isRecord, optionalRecord, text, texts } from "../account/input.ts";
import { tagsOf, type TagValues, type Tags } from "../account/tags.ts";
import { AwsError, type Request, type Service } from "../account/world.ts";
import { applyFilters } from "./ec2-filters.ts";
import { addDefaultGroup } from "./ec2-security-groups.ts";
import { find, noVpc, pick, tagSet, tagsFor, type Ec2State, type Vpc } from "./ec2-state.ts";

export interface VpcSeed {
  readonly id: string;
  readonly cidr: string;
  readonly tags?: TagValues;
}

export function putVpc(state: Ec2State, seed: VpcSeed): void {
  addVpc(state, { id: seed.id, cidr: seed.cidr, tags: tagsOf(seed.tags) });
}

export function createVpcs(state: Ec2State): Service {
  return {
    CreateVpc: (request, { ledger }) => {
      const id = state.ids.hex("vpc-0", 16);
      const vpc = addVpc(state, { id, cidr: text(request, "CidrBlock"), tags: tagsFor(request, "vpc") });
      ledger.record("ec2:CreateVpc", id, request);
      return { vpc: describe(state, vpc) };
    },
    DescribeVpcs: (request) => {
      const vpcs = pick(state.vpcs, texts(request, "VpcId"), noVpc);
      const matching = applyFilters(request, vpcs, (vpc) => ({
        "vpc-id": vpc.id,
        cidr: vpc.cidr,
        "cidr-block-association.cidr-block": vpc.cidr,
        "owner-id": state.account,
        state: "available",
        isDefault: "false",
        "is-default": "false",
      }));
      return { vpcSet: matching.map((vpc) => describe(state, vpc)) };
    },
    DescribeVpcAttribute: (request) => {
      const vpc = find(state.vpcs, text(request, "VpcId"), noVpc);
      const name = text(request, "Attribute");
      const value = vpc.attributes.get(name);
      if (value === undefined) throw new AwsError("InvalidParameterValue", `Value (${name}) is not valid.`);
      return { vpcId: vpc.id, [name]: { value } };
    },
    ModifyVpcAttribute: (request, { ledger }) => {
      const vpc = find(state.vpcs, text(request, "VpcId"), noVpc);
      if (modifyAttributes(vpc.attributes, request)) ledger.record("ec2:ModifyVpcAttribute", vpc.id, request);
      return { return: true };
    },
    DeleteVpc: (request, { ledger }) => {
      const vpc = find(state.vpcs, text(request, "VpcId"), noVpc);
      refuseWhileUsed(state, vpc);
      for (const group of state.groups.values()) if (group.vpc === vpc.id) state.groups.delete(group.id);
      state.vpcs.delete(vpc.id);
      ledger.record("ec2:DeleteVpc", vpc.id, request);
      return { return: true };
    },
    DescribeNetworkAcls: (request) => ({
      networkAclSet: describeParts(state, request, (vpc) => ({
        networkAclId: partId("acl", vpc),
        vpcId: vpc.id,
        ownerId: state.account,
        default: true,
        entrySet: [],
        associationSet: [],
        tagSet: [],
      })),
    }),
    DescribeRouteTables: (request) => ({
      routeTableSet: describeParts(state, request, (vpc) => mainRouteTable(state, vpc)),
    }),
  };
}

/** Sets what the request gives as `EnableDnsSupport.Value=true` and says whether that changed anything. */
export function modifyAttributes(attributes: Map<string, boolean>, request: Request): boolean {
  let changed = false;
  for (const [name, given] of Object.entries(request)) {
    const attribute = name.charAt(0).toLowerCase() + name.slice(1);
    if (!isRecord(given) || !attributes.has(attribute)) continue;
    const value = text(optionalRecord(request, name) ?? {}, "Value") === "true";
    changed ||= attributes.get(attribute) !== value;
    attributes.set(attribute, value);
  }
  return changed;
}

function addVpc(state: Ec2State, given: { id: string; cidr: string; tags: Tags }): Vpc {
  const attributes = new Map([
    ["enableDnsSupport", true],
    ["enableDnsHostnames", false],
    ["enableNetworkAddressUsageMetrics", false],
  ]);
  const vpc = { ...given, attributes };
  state.vpcs.set(vpc.id, vpc);
  addDefaultGroup(state, vpc.id);
  return vpc;
}

function refuseWhileUsed(state: Ec2State, vpc: Vpc): void {
  const subnets = [...state.subnets.values()].filter((subnet) => subnet.vpc === vpc.id);
  const groups = [...state.groups.values()].filter(
    (group) => group.vpc === vpc.id && group.name !== "default",
  );
  if (subnets.length + groups.length > 0) {
    throw new AwsError("DependencyViolation", `The vpc '${vpc.id}' has dependencies and cannot be deleted.`);
  }
}

function describe(state: Ec2State, vpc: Vpc): unknown {
  return {
    vpcId: vpc.id,
    ownerId: state.account,
    state: "available",
    cidrBlock: vpc.cidr,
    cidrBlockAssociationSet: [
      {
        cidrBlock: vpc.cidr,
        associationId: partId("vpc-cidr-assoc", vpc),
        cidrBlockState: { state: "associated" },
      },
    ],
    dhcpOptionsId: "dopt-0a1b2c3d4e5f60718",
    instanceTenancy: "default",
    isDefault: false,
    tagSet: tagSet(vpc.tags),
  };
}

/** A VPC's own network ACL and route table exist once each, and their ids follow from the VPC's. */
function partId(prefix: string, vpc: Vpc): string {
  return vpc.id.replace("vpc", prefix);
}

function describeParts(state: Ec2State, request: Request, part: (vpc: Vpc) => unknown): readonly unknown[] {
  const vpcs = applyFilters(request, [...state.vpcs.values()], (vpc) => ({
    "vpc-id": vpc.id,
    default: "true",
    "association.main": "true",
    "network-acl-id": partId("acl", vpc),
    "route-table-id": partId("rtb", vpc),
    "association.route-table-association-id": partId("rtbassoc", vpc),
    "association.subnet-id": [],
  }));
  const wanted = [...texts(request, "NetworkAclId"), ...texts(request, "RouteTableId")];
  return vpcs
    .filter((vpc) => wanted.every((id) => [partId("acl", vpc), partId("rtb", vpc)].includes(id)))
    .map(part);
}

function mainRouteTable(state: Ec2State, vpc: Vpc): unknown {
  const routeTableId = partId("rtb", vpc);
  return {
    routeTableId,
    vpcId: vpc.id,
    ownerId: state.account,
    routeSet: [
      {
        destinationCidrBlock: vpc.cidr,
        gatewayId: "local",
        state: "active",
        origin: "CreateRouteTable",
      },
    ],
    associationSet: [
      {
        routeTableAssociationId: partId("rtbassoc", vpc),
        routeTableId,
        main: true,
        associationState: { state: "associated" },
      },
    ],
    propagatingVgwSet: [],
    tagSet: [],
  };
}
