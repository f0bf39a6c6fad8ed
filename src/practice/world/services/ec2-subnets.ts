import { optionalText, text, texts } from "../account/input.ts";
import { tagsOf, type TagValues, type Tags } from "../account/tags.ts";
import type { Service } from "../account/world.ts";
import { applyFilters } from "./ec2-filters.ts";
import { find, noSubnet, noVpc, pick, tagSet, tagsFor, type Ec2State, type Subnet } from "./ec2-state.ts";
import { modifyAttributes } from "./ec2-vpcs.ts";

export interface SubnetSeed {
  readonly id: string;
  readonly vpc: string;
  readonly cidr: string;
  readonly zone: string;
  readonly tags?: TagValues;
}

export function putSubnet(state: Ec2State, seed: SubnetSeed): void {
  addSubnet(state, { ...seed, tags: tagsOf(seed.tags) });
}

export function createSubnets(state: Ec2State): Service {
  return {
    CreateSubnet: (request, { ledger }) => {
      const subnet = addSubnet(state, {
        id: state.ids.hex("subnet-0", 16),
        vpc: find(state.vpcs, text(request, "VpcId"), noVpc).id,
        cidr: text(request, "CidrBlock"),
        zone: optionalText(request, "AvailabilityZone") ?? `${state.region}a`,
        tags: tagsFor(request, "subnet"),
      });
      ledger.record("ec2:CreateSubnet", subnet.id, request);
      return { subnet: describe(state, subnet) };
    },
    DescribeSubnets: (request) => {
      const subnets = pick(state.subnets, texts(request, "SubnetId"), noSubnet);
      const matching = applyFilters(request, subnets, (subnet) => ({
        "subnet-id": subnet.id,
        "vpc-id": subnet.vpc,
        "cidr-block": subnet.cidr,
        "availability-zone": subnet.zone,
        "default-for-az": "false",
        "owner-id": state.account,
        state: "available",
      }));
      return { subnetSet: matching.map((subnet) => describe(state, subnet)) };
    },
    ModifySubnetAttribute: (request, { ledger }) => {
      const subnet = find(state.subnets, text(request, "SubnetId"), noSubnet);
      if (modifyAttributes(subnet.attributes, request)) {
        ledger.record("ec2:ModifySubnetAttribute", subnet.id, request);
      }
      return { return: true };
    },
    DeleteSubnet: (request, { ledger }) => {
      const { id } = find(state.subnets, text(request, "SubnetId"), noSubnet);
      state.subnets.delete(id);
      ledger.record("ec2:DeleteSubnet", id, request);
      return { return: true };
    },
    // Nothing in the world has network interfaces of its own; terraform asks before it deletes.
    DescribeNetworkInterfaces: () => ({ networkInterfaceSet: [] }),
    DescribeAvailabilityZones: () => ({
      availabilityZoneInfo: ["a", "b", "c"].map((letter, index) => ({
        zoneName: state.region + letter,
        zoneId: `use1-az${index + 1}`,
        zoneState: "available",
        zoneType: "availability-zone",
        regionName: state.region,
        groupName: state.region,
        networkBorderGroup: state.region,
        optInStatus: "opt-in-not-required",
        messageSet: [],
      })),
    }),
  };
}

function addSubnet(state: Ec2State, given: Omit<Subnet, "attributes"> & { readonly tags: Tags }): Subnet {
  const attributes = new Map([
    ["mapPublicIpOnLaunch", false],
    ["assignIpv6AddressOnCreation", false],
    ["enableDns64", false],
  ]);
  const subnet = { ...given, attributes };
  state.subnets.set(subnet.id, subnet);
  return subnet;
}

function describe(state: Ec2State, subnet: Subnet): unknown {
  return {
    subnetId: subnet.id,
    subnetArn: `arn:aws:ec2:${state.region}:${state.account}:subnet/${subnet.id}`,
    vpcId: subnet.vpc,
    ownerId: state.account,
    state: "available",
    cidrBlock: subnet.cidr,
    ipv6CidrBlockAssociationSet: [],
    availabilityZone: subnet.zone,
    availabilityZoneId: `use1-az${"abcdef".indexOf(subnet.zone.at(-1) ?? "a") + 1}`,
    availableIpAddressCount: 251,
    defaultForAz: false,
    ...Object.fromEntries(subnet.attributes),
    ipv6Native: false,
    mapCustomerOwnedIpOnLaunch: false,
    privateDnsNameOptionsOnLaunch: {
      hostnameType: "ip-name",
      enableResourceNameDnsARecord: false,
      enableResourceNameDnsAAAARecord: false,
    },
    tagSet: tagSet(subnet.tags),
  };
}
