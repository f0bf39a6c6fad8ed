import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteTagsCommand,
  DeleteVpcCommand,
  DescribeAvailabilityZonesCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  EC2Client,
  ModifySecurityGroupRulesCommand,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
} from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { changes, clientFor, openWorld } from "../running-world.ts";

const vpc = "vpc-0c9d2e4f6a8b1c3d5";
const redis = "sg-0454e74e2924a7754";
const api = "sg-0864e6f6aee2a5cf4";
const legacy = "sg-0e61190afc2502b10";
const legacyRule = "sgr-03fc86623da1388c5";

async function open() {
  const running = await openWorld(({ seed }) => {
    seed.putVpc({ id: vpc, cidr: "10.0.0.0/16", tags: { Name: "main" } });
    seed.putSubnet({ id: "subnet-0a1f3c5e7092b4d68", vpc, cidr: "10.0.1.0/24", zone: "us-east-1a" });
    for (const [id, name] of [
      [redis, "redis"],
      [api, "api"],
      [legacy, "legacy"],
    ] as const) {
      seed.putSecurityGroup({ id, name, vpc, description: `${name} & <co>` });
    }
    seed.putSecurityGroupRule({
      id: legacyRule,
      group: redis,
      from: 6379,
      peer: { kind: "group", value: legacy },
      description: "Redis from legacy",
    });
  });
  return { running, client: new EC2Client(clientFor(running)) };
}

const fromApi = {
  GroupId: redis,
  IpPermissions: [
    {
      IpProtocol: "tcp",
      FromPort: 6379,
      ToPort: 6379,
      UserIdGroupPairs: [{ GroupId: api, Description: "api" }],
    },
  ],
};

test("a seeded group is described with its rule in both of EC2's shapes", async () => {
  const { client } = await open();
  const { SecurityGroups } = await client.send(new DescribeSecurityGroupsCommand({ GroupIds: [redis] }));
  expect(SecurityGroups).toMatchObject([
    {
      GroupId: redis,
      GroupName: "redis",
      Description: "redis & <co>",
      VpcId: vpc,
      IpPermissionsEgress: [],
      IpPermissions: [
        {
          IpProtocol: "tcp",
          FromPort: 6379,
          UserIdGroupPairs: [{ GroupId: legacy, Description: "Redis from legacy" }],
        },
      ],
    },
  ]);
  const Filters = [{ Name: "group-id", Values: [redis] }];
  const { SecurityGroupRules } = await client.send(new DescribeSecurityGroupRulesCommand({ Filters }));
  expect(SecurityGroupRules).toMatchObject([
    {
      SecurityGroupRuleId: legacyRule,
      GroupId: redis,
      IsEgress: false,
      IpProtocol: "tcp",
      FromPort: 6379,
      ToPort: 6379,
      ReferencedGroupInfo: { GroupId: legacy },
      Description: "Redis from legacy",
    },
  ]);
});

test("a new ingress rule admits its group and is in the ledger once, its duplicate is refused", async () => {
  const { running, client } = await open();
  const { admits } = running.world.ec2;
  expect([admits(redis, legacy, 6379), admits(redis, api, 6379)]).toEqual([true, false]);
  const { SecurityGroupRules } = await client.send(new AuthorizeSecurityGroupIngressCommand(fromApi));
  expect(SecurityGroupRules).toMatchObject([{ ReferencedGroupInfo: { GroupId: api }, Description: "api" }]);
  expect([admits(redis, api, 6379), admits(redis, api, 6380)]).toEqual([true, false]);
  await expect(client.send(new AuthorizeSecurityGroupIngressCommand(fromApi))).rejects.toMatchObject({
    name: "InvalidPermission.Duplicate",
  });
  expect(changes(running)).toEqual([`ec2:AuthorizeSecurityGroupIngress ${redis}`]);
});

test("a dry run changes nothing and answers DryRunOperation", async () => {
  const { running, client } = await open();
  const dry = new AuthorizeSecurityGroupIngressCommand({ ...fromApi, DryRun: true });
  await expect(client.send(dry)).rejects.toMatchObject({
    name: "DryRunOperation",
    $metadata: { httpStatusCode: 412 },
  });
  expect(changes(running)).toEqual([]);
});

test("a range admits a group when it holds the group's whole VPC", async () => {
  const { running, client } = await open();
  const allow = (CidrIp: string, FromPort: number) =>
    client.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: redis,
        IpPermissions: [{ IpProtocol: "6", FromPort, ToPort: FromPort, IpRanges: [{ CidrIp }] }],
      }),
    );
  await allow("10.0.0.0/8", 1);
  await allow("10.0.1.0/24", 2);
  await allow("11.0.0.0/8", 3);
  await allow("0.0.0.0/0", 4);
  const { admits } = running.world.ec2;
  expect([1, 2, 3, 4].map((port) => admits(redis, api, port))).toEqual([true, false, false, true]);
});

test("rules are revoked by what they say or by their id, and only where they exist", async () => {
  const { running, client } = await open();
  await client.send(new AuthorizeSecurityGroupIngressCommand(fromApi));
  const bare = {
    ...fromApi,
    IpPermissions: [{ ...fromApi.IpPermissions[0], UserIdGroupPairs: [{ GroupId: api }] }],
  };
  await client.send(new RevokeSecurityGroupIngressCommand(bare));
  await expect(client.send(new RevokeSecurityGroupIngressCommand(bare))).rejects.toMatchObject({
    name: "InvalidPermission.NotFound",
  });
  const byId = { GroupId: redis, SecurityGroupRuleIds: [legacyRule] };
  await client.send(new RevokeSecurityGroupIngressCommand(byId));
  await expect(client.send(new RevokeSecurityGroupIngressCommand(byId))).rejects.toMatchObject({
    name: "InvalidSecurityGroupRuleId.NotFound",
  });
  expect(running.world.ec2.admits(redis, legacy, 6379)).toBe(false);
});

test("a rule can be modified and described anew", async () => {
  const { running, client } = await open();
  const SecurityGroupRule = { IpProtocol: "tcp", FromPort: 6379, ToPort: 6380, ReferencedGroupId: api };
  await client.send(
    new ModifySecurityGroupRulesCommand({
      GroupId: redis,
      SecurityGroupRules: [{ SecurityGroupRuleId: legacyRule, SecurityGroupRule }],
    }),
  );
  expect(running.world.ec2.admits(redis, api, 6380)).toBe(true);
  const IpPermissions = [
    {
      IpProtocol: "tcp",
      FromPort: 6379,
      ToPort: 6380,
      UserIdGroupPairs: [{ GroupId: api, Description: "new" }],
    },
  ];
  await client.send(new UpdateSecurityGroupRuleDescriptionsIngressCommand({ GroupId: redis, IpPermissions }));
  const { SecurityGroupRules } = await client.send(
    new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [legacyRule] }),
  );
  expect(SecurityGroupRules).toMatchObject([{ ToPort: 6380, Description: "new" }]);
});

test("permissions with several peers become one rule each", async () => {
  const { client } = await open();
  const { SecurityGroupRules } = await client.send(
    new AuthorizeSecurityGroupEgressCommand({
      GroupId: api,
      IpPermissions: [
        {
          IpProtocol: "-1",
          IpRanges: [{ CidrIp: "10.0.0.0/16" }],
          Ipv6Ranges: [{ CidrIpv6: "::/0" }],
          PrefixListIds: [{ PrefixListId: "pl-1" }],
        },
      ],
    }),
  );
  expect(SecurityGroupRules?.map((rule) => rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.PrefixListId)).toEqual([
    "10.0.0.0/16",
    "::/0",
    "pl-1",
  ]);
  await expect(
    client.send(
      new AuthorizeSecurityGroupEgressCommand({ GroupId: api, IpPermissions: [{ IpProtocol: "tcp" }] }),
    ),
  ).rejects.toMatchObject({ name: "MissingParameter" });
});

test("groups are created with EC2's egress rule, found by filters, and deleted when nobody names them", async () => {
  const { running, client } = await open();
  const given = { GroupName: "web", Description: "Web", VpcId: vpc };
  const { GroupId = "" } = await client.send(new CreateSecurityGroupCommand(given));
  await expect(client.send(new CreateSecurityGroupCommand(given))).rejects.toMatchObject({
    name: "InvalidGroup.Duplicate",
  });
  const Filters = [
    { Name: "group-name", Values: ["we*"] },
    { Name: "vpc-id", Values: [vpc] },
  ];
  const { SecurityGroups } = await client.send(new DescribeSecurityGroupsCommand({ Filters }));
  expect(SecurityGroups).toMatchObject([{ GroupId, IpPermissionsEgress: [{ IpProtocol: "-1" }] }]);
  await client.send(
    new RevokeSecurityGroupEgressCommand({
      GroupId,
      IpPermissions: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
    }),
  );
  await client.send(new DeleteSecurityGroupCommand({ GroupId }));
  await expect(client.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }))).rejects.toMatchObject(
    {
      name: "InvalidGroup.NotFound",
    },
  );
  await expect(client.send(new DeleteSecurityGroupCommand({ GroupId: legacy }))).rejects.toMatchObject({
    name: "DependencyViolation",
  });
  await expect(
    client.send(new DescribeSecurityGroupsCommand({ GroupNames: ["nobody"] })),
  ).rejects.toMatchObject({ name: "InvalidGroup.NotFound" });
  expect(changes(running).map((change) => change.split(" ")[0])).toEqual([
    "ec2:CreateSecurityGroup",
    "ec2:RevokeSecurityGroupEgress",
    "ec2:DeleteSecurityGroup",
  ]);
});

test("an unknown filter is refused instead of ignored", async () => {
  const { client } = await open();
  const Filters = [{ Name: "colour", Values: ["red"] }];
  await expect(client.send(new DescribeVpcsCommand({ Filters }))).rejects.toMatchObject({
    name: "InvalidParameterValue",
  });
});

test("a VPC comes with what terraform looks for: attributes, a network ACL, a route table, a default group", async () => {
  const { running, client } = await open();
  const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: "10.1.0.0/16" }));
  const VpcId = Vpc?.VpcId ?? "";
  const EnableDnsHostnames = { Value: true };
  await client.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames }));
  await client.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames }));
  const Attribute = "enableDnsHostnames";
  expect(await client.send(new DescribeVpcAttributeCommand({ VpcId, Attribute }))).toMatchObject({
    EnableDnsHostnames: { Value: true },
  });
  const Filters = [{ Name: "vpc-id", Values: [VpcId] }];
  const [acls, tables, groups] = await Promise.all([
    client.send(
      new DescribeNetworkAclsCommand({ Filters: [...Filters, { Name: "default", Values: ["true"] }] }),
    ),
    client.send(new DescribeRouteTablesCommand({ Filters })),
    client.send(new DescribeSecurityGroupsCommand({ Filters })),
  ]);
  expect(acls.NetworkAcls).toMatchObject([{ IsDefault: true, VpcId }]);
  expect(tables.RouteTables).toMatchObject([{ Associations: [{ Main: true }], VpcId }]);
  expect(groups.SecurityGroups).toMatchObject([{ GroupName: "default" }]);
  await client.send(new DeleteVpcCommand({ VpcId }));
  await expect(client.send(new DeleteVpcCommand({ VpcId: vpc }))).rejects.toMatchObject({
    name: "DependencyViolation",
  });
  await expect(client.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }))).rejects.toMatchObject({
    name: "InvalidVpcID.NotFound",
  });
  expect(changes(running)).toEqual([
    `ec2:CreateVpc ${VpcId}`,
    `ec2:ModifyVpcAttribute ${VpcId}`,
    `ec2:DeleteVpc ${VpcId}`,
  ]);
});

test("subnets are created, changed, found and deleted", async () => {
  const { client } = await open();
  const { Subnet } = await client.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock: "10.0.9.0/24" }));
  const SubnetId = Subnet?.SubnetId ?? "";
  const MapPublicIpOnLaunch = { Value: true };
  await client.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch }));
  const { Subnets } = await client.send(new DescribeSubnetsCommand({ SubnetIds: [SubnetId] }));
  expect(Subnets).toMatchObject([{ AvailabilityZone: "us-east-1a", MapPublicIpOnLaunch: true, VpcId: vpc }]);
  expect(await client.send(new DescribeNetworkInterfacesCommand({}))).toMatchObject({
    NetworkInterfaces: [],
  });
  await client.send(new DeleteSubnetCommand({ SubnetId }));
  const left = await client.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: "vpc-id", Values: [vpc] }] }),
  );
  expect(left.Subnets).toHaveLength(1);
  const { AvailabilityZones } = await client.send(new DescribeAvailabilityZonesCommand({}));
  expect(AvailabilityZones?.map(({ ZoneName }) => ZoneName)).toContain("us-east-1b");
});

test("tags are set once, can be filtered by, and go away again", async () => {
  const { running, client } = await open();
  const tag = new CreateTagsCommand({ Resources: [redis], Tags: [{ Key: "Team", Value: "ml" }] });
  await client.send(tag);
  await client.send(tag);
  const Filters = [{ Name: "tag:Team", Values: ["ml"] }];
  const found = await client.send(new DescribeSecurityGroupsCommand({ Filters }));
  expect(found.SecurityGroups).toMatchObject([{ GroupId: redis, Tags: [{ Key: "Team", Value: "ml" }] }]);
  const byKey = await client.send(
    new DescribeVpcsCommand({ Filters: [{ Name: "tag-key", Values: ["Name"] }] }),
  );
  expect(byKey.Vpcs).toMatchObject([{ VpcId: vpc }]);
  await client.send(new DeleteTagsCommand({ Resources: [redis], Tags: [{ Key: "Team" }] }));
  await client.send(new DeleteTagsCommand({ Resources: [redis], Tags: [{ Key: "Team" }] }));
  expect(changes(running)).toEqual([`ec2:CreateTags ${redis}`, `ec2:DeleteTags ${redis}`]);
  await expect(client.send(new CreateTagsCommand({ Resources: ["i-1"], Tags: [] }))).rejects.toMatchObject({
    name: "InvalidID",
  });
});
