import { ECSClient, ListClustersCommand } from "@aws-sdk/client-ecs";
import { DescribeVpcsCommand, EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { GetBucketPolicyCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { EventEmitter, once } from "node:events";
import { expect, test } from "vitest";
import { startWorld } from "../../../src/practice/world/server.ts";
import { callJson, changes, clientFor, control, openWorld } from "./running-world.ts";

test("the world says what it is", async () => {
  expect(await control(await openWorld(), "GET", "/_world")).toEqual({
    status: 200,
    body: {
      world: "runwright-practice",
      version: 1,
      speed: 1000,
      account: "932100007590",
      region: "us-east-1",
    },
  });
});

test("the ledger is served with numbers and times", async () => {
  const running = await openWorld();
  await new SSMClient(clientFor(running)).send(new PutParameterCommand({ Name: "a", Value: "1" }));
  const { body } = await control(running, "GET", "/_world/ledger");
  expect(body).toMatchObject({
    entries: [{ seq: 1, at: expect.stringMatching(/Z$/), operation: "ssm:PutParameter", target: "a" }],
  });
});

test.each([
  ["EXPIRED1", ["ExpiredTokenException", "RequestExpired", "ExpiredToken", "ExpiredToken"]],
  ["INVALID1", ["UnrecognizedClientException", "AuthFailure", "InvalidClientTokenId", "InvalidAccessKeyId"]],
])("the access key %s gets each service's own refusal", async (key, codes) => {
  const settings = clientFor(await openWorld(), key);
  const calls = [
    new ECSClient(settings).send(new ListClustersCommand({})),
    new EC2Client(settings).send(new DescribeVpcsCommand({})),
    new STSClient(settings).send(new GetCallerIdentityCommand({})),
    new S3Client({ ...settings, forcePathStyle: true }).send(new ListBucketsCommand({})),
  ];
  const names = await Promise.all(calls.map((call) => call.then(String, ({ name }: Error) => name)));
  expect(names).toEqual(codes);
});

test("an operation or a service that is not simulated is refused by name", async () => {
  const running = await openWorld();
  const unknown = new RunInstancesCommand({ MinCount: 1, MaxCount: 1 });
  await expect(new EC2Client(clientFor(running)).send(unknown)).rejects.toMatchObject({
    name: "InvalidAction",
    message: expect.stringContaining("ec2:RunInstances"),
  });
  const policy = new GetBucketPolicyCommand({ Bucket: "b" });
  await expect(new S3Client(clientFor(running)).send(policy)).rejects.toMatchObject({
    name: "NotImplemented",
  });
  expect(await callJson(running, "ssm:toString", {})).toMatchObject({
    body: { __type: "UnknownOperationException" },
  });
  expect(await callJson(running, "dynamodb:ListTables", {})).toMatchObject({
    body: { __type: "UnknownServiceException", message: expect.stringContaining("dynamodb") },
  });
});

test("a body that is not JSON, or lacks a parameter, is the caller's fault", async () => {
  const running = await openWorld();
  expect(await callJson(running, "ssm:GetParameter", "{")).toMatchObject({
    status: 400,
    body: { __type: "SerializationException" },
  });
  expect(await callJson(running, "ssm:GetParameter", {})).toMatchObject({
    body: { __type: "ValidationException", message: expect.stringContaining("Name") },
  });
});

test("faults refuse, throttle, delay, and drop the answer after the effect", async () => {
  const running = await openWorld(({ seed }) => seed.putParameter({ name: "a", value: "1" }));
  const client = new SSMClient(clientFor(running));
  const get = () => client.send(new GetParameterCommand({ Name: "a" }));
  const inject = (fault: object) =>
    control(running, "POST", "/_world/faults", { operation: "ssm:*", ...fault });
  expect(await inject({ kind: "error", code: "AccessDeniedException", message: "no" })).toMatchObject({
    status: 201,
  });
  await expect(get()).rejects.toMatchObject({ name: "AccessDeniedException", message: "no" });
  await inject({ kind: "throttle" });
  await expect(get()).rejects.toMatchObject({ name: "ThrottlingException" });
  await inject({ kind: "error" });
  await expect(get()).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
  await inject({ kind: "delay", seconds: 0.05 });
  expect(await get()).toMatchObject({ Parameter: { Value: "1" } });
  await inject({ kind: "drop-after-effect" });
  await expect(client.send(new PutParameterCommand({ Name: "b", Value: "2" }))).rejects.toMatchObject({
    code: "ECONNRESET",
  });
  expect(changes(running)).toEqual(["ssm:PutParameter b"]);
});

test("a hanging call changes nothing and lasts until its caller gives up", async () => {
  const running = await openWorld();
  await control(running, "POST", "/_world/faults", { operation: "ssm:PutParameter", kind: "hang" });
  const client = new SSMClient(clientFor(running));
  const abortSignal = AbortSignal.timeout(100);
  const put = new PutParameterCommand({ Name: "a", Value: "1" });
  await expect(client.send(put, { abortSignal })).rejects.toMatchObject({ name: "AbortError" });
  expect(changes(running)).toEqual([]);
});

test("faults can be listed and cleared, and a malformed one is refused", async () => {
  const running = await openWorld();
  await control(running, "POST", "/_world/faults", { operation: "s3:*", kind: "hang" });
  expect(await control(running, "GET", "/_world/faults")).toMatchObject({
    body: { faults: [{ operation: "s3:*" }] },
  });
  await control(running, "DELETE", "/_world/faults");
  expect(await control(running, "GET", "/_world/faults")).toMatchObject({ body: { faults: [] } });
  expect(await control(running, "POST", "/_world/faults", { operation: "s3:*" })).toMatchObject({
    status: 400,
  });
  expect(await control(running, "GET", "/_world/nothing")).toMatchObject({ status: 404 });
});

test("everything unsigned is for the application, which faults hit too", async () => {
  const running = await openWorld();
  const ask = () => fetch(`${running.url}/health?deep=1`);
  expect((await ask()).status).toBe(503);
  await control(running, "POST", "/_world/faults", { operation: "app:GET /health", kind: "throttle" });
  expect((await ask()).status).toBe(429);
  await control(running, "POST", "/_world/faults", { operation: "app:*", kind: "drop-after-effect" });
  await expect(ask()).rejects.toThrow("fetch failed");
});

test("the world is shut down by request, and closing it again does no harm", async () => {
  const running = await startWorld({ onShutdown: () => stopped.emit("stopped") });
  const stopped = new EventEmitter();
  const end = once(stopped, "stopped");
  expect(await control(running, "POST", "/_world/shutdown")).toMatchObject({ status: 202 });
  await end;
  await expect(control(running, "GET", "/_world")).rejects.toThrow("fetch failed");
  await running.close();
});
