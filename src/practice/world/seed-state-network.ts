import { crc32 } from "node:zlib";
import { incident } from "./incident.ts";
import type { StateEntry } from "./seed-state-entry.ts";
import type { Trouble } from "./troubles.ts";

const { account, region, vpc, subnets, securityGroups, redisPort } = incident;
const untagged = { tags: {}, tags_all: {} };
const vpcOnly = ["aws_vpc.main"];

/** A rule by which tasks may reach Redis. */
export interface Rule {
  readonly id: string;
  readonly source: string;
  readonly group: "ecs_legacy" | "data_pipeline_ecs";
  readonly description: string;
}

/** Those rules by their name in the configuration. */
export const rules = {
  redis_from_ecs_legacy: {
    id: "sgr-03fc86623da1388c5",
    source: securityGroups.legacy,
    group: "ecs_legacy",
    description: "Redis from legacy ECS tasks",
  },
  redis_from_data_pipeline_ecs: {
    id: "sgr-05c1d8e7f6a4b3902",
    source: securityGroups.api,
    group: "data_pipeline_ecs",
    description: "Redis from data pipeline ECS tasks",
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** The security groups by their name in the configuration: id, name and description. */
export const groups = {
  ecs_legacy: [securityGroups.legacy, "hokusai-ecs-legacy-development", "Legacy ECS tasks"],
  data_pipeline_ecs: [
    securityGroups.api,
    "hokusai-data-pipeline-ecs-development",
    "Data pipeline and API ECS tasks",
  ],
  redis: [securityGroups.redis, "hokusai-redis-development", "Redis"],
} as const;

export function networkEntries(wrong: readonly Trouble[]): readonly StateEntry[] {
  const isApplied = !wrong.includes("redis-closed") && !wrong.includes("state-unsaved");
  const applied = Object.entries(rules).filter(([name]) => isApplied || name === "redis_from_ecs_legacy");
  return [
    { type: "aws_vpc", name: "main", schemaVersion: 1, attributes: vpcAttributes() },
    subnet("a", "10.0.1.0/24"),
    subnet("b", "10.0.2.0/24"),
    group("ecs_legacy", []),
    group("data_pipeline_ecs", []),
    group(
      "redis",
      applied.map(([, rule]) => redisIngress(rule)),
    ),
    ...applied.map(([name, rule]) => ruleEntry(name, rule)),
  ];
}

function vpcAttributes() {
  const tags = { Name: "hokusai-development" };
  return {
    arn: `arn:aws:ec2:${region}:${account}:vpc/${vpc}`,
    assign_generated_ipv6_cidr_block: false,
    cidr_block: "10.0.0.0/16",
    default_network_acl_id: vpc.replace("vpc", "acl"),
    default_route_table_id: vpc.replace("vpc", "rtb"),
    default_security_group_id: vpc.replace("vpc", "sg"),
    dhcp_options_id: "dopt-0a1b2c3d4e5f60718",
    enable_dns_hostnames: false,
    enable_dns_support: true,
    enable_network_address_usage_metrics: false,
    id: vpc,
    instance_tenancy: "default",
    ipv4_ipam_pool_id: null,
    ipv4_netmask_length: null,
    ipv6_association_id: "",
    ipv6_cidr_block: "",
    ipv6_cidr_block_network_border_group: "",
    ipv6_ipam_pool_id: "",
    ipv6_netmask_length: 0,
    main_route_table_id: vpc.replace("vpc", "rtb"),
    owner_id: account,
    tags,
    tags_all: tags,
  };
}

function subnet(name: "a" | "b", cidr: string): StateEntry {
  const id = subnets[name];
  const attributes = {
    arn: `arn:aws:ec2:${region}:${account}:subnet/${id}`,
    assign_ipv6_address_on_creation: false,
    availability_zone: `${region}${name}`,
    availability_zone_id: name === "a" ? "use1-az1" : "use1-az2",
    cidr_block: cidr,
    customer_owned_ipv4_pool: "",
    enable_dns64: false,
    enable_lni_at_device_index: 0,
    enable_resource_name_dns_a_record_on_launch: false,
    enable_resource_name_dns_aaaa_record_on_launch: false,
    id,
    ipv6_cidr_block: "",
    ipv6_cidr_block_association_id: "",
    ipv6_native: false,
    map_customer_owned_ip_on_launch: false,
    map_public_ip_on_launch: false,
    outpost_arn: "",
    owner_id: account,
    private_dns_hostname_type_on_launch: "ip-name",
    ...untagged,
    timeouts: null,
    vpc_id: vpc,
  };
  return { type: "aws_subnet", name, schemaVersion: 1, attributes, dependencies: vpcOnly };
}

function group(name: keyof typeof groups, ingress: readonly unknown[]): StateEntry {
  const [id, groupName, description] = groups[name];
  const attributes = {
    arn: `arn:aws:ec2:${region}:${account}:security-group/${id}`,
    description,
    egress: [],
    id,
    ingress,
    name: groupName,
    name_prefix: "",
    owner_id: account,
    revoke_rules_on_delete: false,
    ...untagged,
    timeouts: null,
    vpc_id: vpc,
  };
  return { type: "aws_security_group", name, schemaVersion: 1, attributes, dependencies: vpcOnly };
}

function redisIngress({ source, description }: Rule) {
  return {
    cidr_blocks: [],
    description,
    from_port: redisPort,
    ipv6_cidr_blocks: [],
    prefix_list_ids: [],
    protocol: "tcp",
    security_groups: [source],
    self: false,
    to_port: redisPort,
  };
}

function ruleEntry(name: string, rule: Rule): StateEntry {
  const { redis } = securityGroups;
  const attributes = {
    cidr_blocks: null,
    description: rule.description,
    from_port: redisPort,
    // The provider makes the id from what the rule says.
    id: `sgrule-${crc32(`${redis}-${redisPort}-${redisPort}-tcp-ingress-${rule.source}--`)}`,
    ipv6_cidr_blocks: null,
    prefix_list_ids: null,
    protocol: "tcp",
    security_group_id: redis,
    security_group_rule_id: rule.id,
    self: false,
    source_security_group_id: rule.source,
    timeouts: null,
    to_port: redisPort,
    type: "ingress",
  };
  const dependencies = [`aws_security_group.${rule.group}`, "aws_security_group.redis", "aws_vpc.main"];
  return {
    type: "aws_security_group_rule",
    name,
    schemaVersion: 2,
    attributes,
    dependencies,
  };
}
