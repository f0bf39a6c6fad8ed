import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  RemoveTagsFromResourceCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { expect, test } from "vitest";
import { changes, clientFor, openWorld } from "../running-world.ts";

const Name = "/app/flags";

async function open() {
  const running = await openWorld(({ seed }) =>
    seed.putParameter({ name: Name, value: "a=1", description: "Flags" }),
  );
  return { running, client: new SSMClient(clientFor(running)) };
}

test("a parameter is read by name and by ARN", async () => {
  const { client } = await open();
  const { Parameter } = await client.send(new GetParameterCommand({ Name }));
  expect(Parameter).toMatchObject({ Name, Value: "a=1", Type: "String", Version: 1 });
  expect(Parameter?.LastModifiedDate?.getTime()).toBeGreaterThan(Date.now() - 10_000);
  const byArn = await client.send(new GetParameterCommand({ Name: Parameter?.ARN }));
  expect(byArn.Parameter).toMatchObject({ Name });
  await expect(client.send(new GetParameterCommand({ Name: "none" }))).rejects.toMatchObject({
    name: "ParameterNotFound",
  });
  expect(await client.send(new GetParametersCommand({ Names: [Name, "none"] }))).toMatchObject({
    Parameters: [{ Name }],
    InvalidParameters: ["none"],
  });
});

test("an existing parameter is overwritten only when that is asked for", async () => {
  const { running, client } = await open();
  await expect(client.send(new PutParameterCommand({ Name, Value: "b" }))).rejects.toMatchObject({
    name: "ParameterAlreadyExists",
  });
  expect(await client.send(new PutParameterCommand({ Name, Value: "b", Overwrite: true }))).toMatchObject({
    Version: 2,
  });
  expect(changes(running)).toEqual([`ssm:PutParameter ${Name}`]);
});

test("a secure value is readable only decrypted, and not in the ledger", async () => {
  const { running, client } = await open();
  const put = { Name: "key", Value: "made-up-canary", Type: "SecureString" } as const;
  await client.send(new PutParameterCommand(put));
  const closed = await client.send(new GetParameterCommand({ Name: "key" }));
  expect(closed.Parameter?.Value).not.toBe(put.Value);
  const opened = await client.send(new GetParameterCommand({ Name: "key", WithDecryption: true }));
  expect(opened.Parameter?.Value).toBe(put.Value);
  expect(running.world.ledger.entries()).toMatchObject([{ request: { Name: "key", Value: "[hidden]" } }]);
});

test.each([
  [{ Key: "Name", Option: "Equals", Values: [Name] }, [Name]],
  [{ Key: "Name", Option: "BeginsWith", Values: ["/app"] }, [Name, "/app/deep/er"]],
  [{ Key: "Name", Option: "Contains", Values: ["er"] }, ["/app/deep/er"]],
  [{ Key: "Path", Values: ["/app"] }, [Name]],
  [{ Key: "Path", Option: "Recursive", Values: ["/app"] }, [Name, "/app/deep/er"]],
  [{ Key: "Type", Values: ["StringList"] }, ["/app/deep/er"]],
])("the filter %j describes %j", async (filter, names) => {
  const { client } = await open();
  await client.send(new PutParameterCommand({ Name: "/app/deep/er", Value: "x,y", Type: "StringList" }));
  const { Parameters } = await client.send(new DescribeParametersCommand({ ParameterFilters: [filter] }));
  expect(Parameters?.map((parameter) => parameter.Name)).toEqual(names);
});

test("parameters are read by path, tagged and deleted", async () => {
  const { running, client } = await open();
  await client.send(
    new PutParameterCommand({ Name: "/app/deep/er", Value: "x", Tags: [{ Key: "a", Value: "1" }] }),
  );
  const flat = await client.send(new GetParametersByPathCommand({ Path: "/app" }));
  expect(flat.Parameters).toHaveLength(1);
  const deep = await client.send(new GetParametersByPathCommand({ Path: "/app/", Recursive: true }));
  expect(deep.Parameters).toHaveLength(2);
  const resource = { ResourceType: "Parameter", ResourceId: "/app/deep/er" } as const;
  await client.send(new AddTagsToResourceCommand({ ...resource, Tags: [{ Key: "b", Value: "2" }] }));
  await client.send(new RemoveTagsFromResourceCommand({ ...resource, TagKeys: ["a"] }));
  expect(await client.send(new ListTagsForResourceCommand(resource))).toMatchObject({
    TagList: [{ Key: "b", Value: "2" }],
  });
  await client.send(new DeleteParametersCommand({ Names: ["/app/deep/er", "none"] }));
  await client.send(new DeleteParameterCommand({ Name }));
  await expect(client.send(new DeleteParameterCommand({ Name }))).rejects.toMatchObject({
    name: "ParameterNotFound",
  });
  await expect(client.send(new ListTagsForResourceCommand(resource))).rejects.toMatchObject({
    name: "InvalidResourceId",
  });
  expect(changes(running).map((change) => change.split(/[: ]/)[1])).toEqual([
    "PutParameter",
    "AddTagsToResource",
    "RemoveTagsFromResource",
    "DeleteParameters",
    "DeleteParameter",
  ]);
});
