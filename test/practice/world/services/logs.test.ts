import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  ListTagsForResourceCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { expect, test } from "vitest";
import { changes, clientFor, openWorld } from "../running-world.ts";

const logGroupName = "/ecs/api";
const logStreamName = "api/1";
const start = 1_700_000_000_000;
const messages = ["INFO ready", "ERROR Redis connection failed: Timeout", "WARN slow", "ERROR disk"];

async function open() {
  const running = await openWorld(({ seed }) =>
    seed.putLogGroup({ name: logGroupName, retentionInDays: 14 }),
  );
  const client = new CloudWatchLogsClient(clientFor(running));
  await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  const logEvents = messages.map((message, index) => ({ timestamp: start + index, message }));
  await client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
  return { running, client };
}

test.each([
  [undefined, [0, 1, 2, 3]],
  ['"Redis connection failed"', [1]],
  ["?WARN ?INFO", [0, 2]],
  ["?WARN ?Redis INFO", [0]],
  ["ERROR", [1, 3]],
  ["ERROR -Redis", [3]],
  ["ERROR disk", [3]],
  ["nothing", []],
])("the pattern %j finds the events %j", async (filterPattern, found) => {
  const { client } = await open();
  const { events } = await client.send(new FilterLogEventsCommand({ logGroupName, filterPattern }));
  expect(events?.map(({ message }) => messages.indexOf(message ?? ""))).toEqual(found);
});

test("a pattern for JSON is refused instead of finding everything", async () => {
  const { client } = await open();
  const filter = new FilterLogEventsCommand({ logGroupName, filterPattern: "{ $.level = 1 }" });
  await expect(client.send(filter)).rejects.toMatchObject({ name: "InvalidParameterException" });
});

test("events are found by time window and stream, page by page, in the order of time over all streams", async () => {
  const { running, client } = await open();
  running.world.logs.put(logGroupName, "api/2", "from the world");
  const window = { logGroupName, startTime: start + 1, endTime: start + 2 };
  const within = await client.send(new FilterLogEventsCommand(window));
  expect(within.events?.map(({ timestamp }) => timestamp)).toEqual([start + 1, start + 2]);
  const first = await client.send(new FilterLogEventsCommand({ logGroupName, limit: 4 }));
  expect(first.events).toHaveLength(4);
  const { nextToken } = first;
  const rest = await client.send(new FilterLogEventsCommand({ logGroupName, limit: 4, nextToken }));
  expect(rest.events).toMatchObject([{ message: "from the world", logStreamName: "api/2" }]);
  expect(rest.nextToken).toBeUndefined();
  const logStreamNames = ["api/2"];
  const named = await client.send(new FilterLogEventsCommand({ logGroupName, logStreamNames }));
  expect(named.events).toHaveLength(1);
  const logGroupIdentifier = `arn:aws:logs:us-east-1:932100007590:log-group:${logGroupName}`;
  const byArn = await client.send(
    new FilterLogEventsCommand({ logGroupIdentifier, logStreamNamePrefix: "api/" }),
  );
  expect(byArn.events).toHaveLength(5);
});

test("a stream is read from its end, from its head, and on from a token", async () => {
  const { client } = await open();
  const stream = { logGroupName, logStreamName, limit: 2 };
  const numbers = async (more: object) => {
    const answer = await client.send(new GetLogEventsCommand({ ...stream, ...more }));
    return { ...answer, found: answer.events?.map(({ timestamp = 0 }) => timestamp - start) };
  };
  const end = await numbers({});
  expect(end.found).toEqual([2, 3]);
  expect((await numbers({ nextToken: end.nextBackwardToken })).found).toEqual([0, 1]);
  const head = await numbers({ startFromHead: true });
  expect(head.found).toEqual([0, 1]);
  const next = await numbers({ startFromHead: true, nextToken: head.nextForwardToken });
  expect(next.found).toEqual([2, 3]);
  const last = await numbers({ nextToken: next.nextForwardToken });
  expect(last.found).toEqual([]);
  expect(last.nextForwardToken).toBe(next.nextForwardToken);
  expect((await numbers({ endTime: start + 1 })).found).toEqual([0]);
  await expect(numbers({ nextToken: "nonsense" })).rejects.toMatchObject({
    name: "InvalidParameterException",
  });
});

test("what is not there is refused by name", async () => {
  const { client } = await open();
  for (const command of [
    new FilterLogEventsCommand({ logGroupName: "none" }),
    new FilterLogEventsCommand({ logGroupName, logStreamNames: ["none"] }),
  ]) {
    await expect(client.send(command)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  }
  for (const command of [
    new CreateLogGroupCommand({ logGroupName }),
    new CreateLogStreamCommand({ logGroupName, logStreamName }),
  ]) {
    await expect(client.send(command as CreateLogGroupCommand)).rejects.toMatchObject({
      name: "ResourceAlreadyExistsException",
    });
  }
});

test("groups are created, kept for a while, tagged, listed and deleted, each change once", async () => {
  const { running, client } = await open();
  const made = { logGroupName: "/ecs/other", tags: { Team: "ml" } };
  await client.send(new CreateLogGroupCommand(made));
  const keep = new PutRetentionPolicyCommand({ logGroupName: "/ecs/other", retentionInDays: 30 });
  await client.send(keep);
  await client.send(keep);
  const { logGroups } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "/ecs/o" }));
  expect(logGroups).toMatchObject([{ logGroupName: "/ecs/other", retentionInDays: 30 }]);
  await client.send(new DeleteRetentionPolicyCommand({ logGroupName: "/ecs/other" }));
  const resourceArn = logGroups?.[0]?.logGroupArn ?? "";
  await client.send(new TagResourceCommand({ resourceArn, tags: { More: "yes" } }));
  await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ["Team"] }));
  expect(await client.send(new ListTagsForResourceCommand({ resourceArn }))).toMatchObject({
    tags: { More: "yes" },
  });
  await client.send(new DeleteLogGroupCommand({ logGroupName: "/ecs/other" }));
  expect(changes(running).map((change) => change.split(/[: ]/)[1])).toEqual([
    "CreateLogStream",
    "PutLogEvents",
    "CreateLogGroup",
    "PutRetentionPolicy",
    "DeleteRetentionPolicy",
    "TagResource",
    "UntagResource",
    "DeleteLogGroup",
  ]);
});

test("streams are listed with the times of their events", async () => {
  const { client } = await open();
  const { logStreams } = await client.send(
    new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: "api" }),
  );
  expect(logStreams).toMatchObject([
    { logStreamName, firstEventTimestamp: start, lastEventTimestamp: start + 3 },
  ]);
});
