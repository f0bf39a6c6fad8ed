import {
  AddTagsCommand,
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
  RemoveTagsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect, test } from "vitest";
import { changes, clientFor, openWorld } from "../running-world.ts";

const arn = "arn:aws:elasticloadbalancing:us-east-1:932100007590:targetgroup/api/ed9084dcc683f469";

async function open() {
  const running = await openWorld(({ seed }) => {
    seed.putTargetGroup({ arn, name: "api", vpc: "vpc-1", port: 8001, healthCheckPath: "/health" });
  });
  return { running, client: new ElasticLoadBalancingV2Client(clientFor(running)) };
}

test("target groups are found by ARN and by name", async () => {
  const { client } = await open();
  const wanted = [
    { TargetGroupArn: arn, TargetGroupName: "api", HealthCheckPath: "/health", TargetType: "ip" },
  ];
  for (const by of [{ TargetGroupArns: [arn] }, { Names: ["api"] }, {}]) {
    expect((await client.send(new DescribeTargetGroupsCommand(by))).TargetGroups).toMatchObject(wanted);
  }
  for (const by of [{ TargetGroupArns: [`${arn}0`] }, { Names: ["none"] }]) {
    await expect(client.send(new DescribeTargetGroupsCommand(by))).rejects.toMatchObject({
      name: "TargetGroupNotFoundException",
    });
  }
});

test("target health is what the world says, with AWS's reasons", async () => {
  const { running, client } = await open();
  running.world.elbv2.setTargets(arn, [
    { id: "10.0.1.1", port: 8001, state: "healthy" },
    { id: "10.0.1.2", port: 8001, state: "unhealthy", reason: "Target.Timeout" },
    { id: "10.0.1.3", port: 8001, state: "initial" },
    { id: "10.0.1.4", port: 8001, state: "draining" },
  ]);
  const all = await client.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }));
  expect(all.TargetHealthDescriptions?.map(({ TargetHealth }) => TargetHealth)).toEqual([
    { State: "healthy" },
    { State: "unhealthy", Reason: "Target.Timeout", Description: "Request timed out" },
    {
      State: "initial",
      Reason: "Elb.RegistrationInProgress",
      Description: "Target registration is in progress",
    },
    {
      State: "draining",
      Reason: "Target.DeregistrationInProgress",
      Description: "Target deregistration is in progress",
    },
  ]);
  const Targets = [{ Id: "10.0.1.3" }];
  const one = await client.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn, Targets }));
  expect(one.TargetHealthDescriptions).toMatchObject([{ Target: { Id: "10.0.1.3", Port: 8001 } }]);
});

test("a target group is created, changed, tagged and deleted, each change once", async () => {
  const { running, client } = await open();
  const given = {
    Name: "web",
    Protocol: "HTTP",
    Port: 80,
    VpcId: "vpc-1",
    HealthCheckIntervalSeconds: 10,
  } as const;
  const { TargetGroups } = await client.send(new CreateTargetGroupCommand(given));
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? "";
  await expect(client.send(new CreateTargetGroupCommand(given))).rejects.toMatchObject({
    name: "DuplicateTargetGroupNameException",
  });
  const changed = await client.send(
    new ModifyTargetGroupCommand({
      TargetGroupArn,
      HealthCheckPath: "/up",
      Matcher: { HttpCode: "200-299" },
    }),
  );
  expect(changed.TargetGroups).toMatchObject([
    { HealthCheckPath: "/up", HealthCheckIntervalSeconds: 10, Matcher: { HttpCode: "200-299" } },
  ]);
  const Attributes = [{ Key: "deregistration_delay.timeout_seconds", Value: "60" }];
  const modify = new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes });
  await client.send(modify);
  await client.send(modify);
  const known = await client.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }));
  expect(known.Attributes).toContainEqual(Attributes[0]);
  const ResourceArns = [TargetGroupArn];
  await client.send(new AddTagsCommand({ ResourceArns, Tags: [{ Key: "a", Value: "1" }, { Key: "b" }] }));
  await client.send(new RemoveTagsCommand({ ResourceArns, TagKeys: ["b"] }));
  const tags = await client.send(new DescribeTagsCommand({ ResourceArns }));
  expect(tags.TagDescriptions).toMatchObject([{ Tags: [{ Key: "a", Value: "1" }] }]);
  await client.send(new DeleteTargetGroupCommand({ TargetGroupArn }));
  await client.send(new DeleteTargetGroupCommand({ TargetGroupArn }));
  expect(changes(running).map((change) => change.split(/[: ]/)[1])).toEqual([
    "CreateTargetGroup",
    "ModifyTargetGroup",
    "ModifyTargetGroupAttributes",
    "AddTags",
    "RemoveTags",
    "DeleteTargetGroup",
  ]);
});

test("there are no load balancers", async () => {
  const { client } = await open();
  expect(await client.send(new DescribeLoadBalancersCommand({}))).toMatchObject({ LoadBalancers: [] });
  await expect(client.send(new DescribeLoadBalancersCommand({ Names: ["a"] }))).rejects.toMatchObject({
    name: "LoadBalancerNotFoundException",
  });
});
