import { expect, test } from "vitest";
import { callJson, openWorld } from "../running-world.ts";

const canary = "made-up-canary";
const arn = "arn:aws:secretsmanager:us-east-1:932100007590:secret:app/key-Qm4xTz";

async function open() {
  const running = await openWorld(({ seed }) => seed.putSecret({ name: "app/key", arn, value: canary }));
  return {
    running,
    call: (name: string, body: unknown) => callJson(running, `secretsmanager:${name}`, body),
  };
}

test("a secret is found by name, by ARN, and by ARN without its random end", async () => {
  const { call } = await open();
  for (const SecretId of ["app/key", arn, arn.slice(0, -7)]) {
    expect(await call("GetSecretValue", { SecretId })).toMatchObject({
      status: 200,
      body: { ARN: arn, SecretString: canary, VersionStages: ["AWSCURRENT"] },
    });
  }
  expect(await call("GetSecretValue", { SecretId: "none" })).toMatchObject({
    status: 400,
    body: { __type: "ResourceNotFoundException" },
  });
  expect((await call("GetResourcePolicy", { SecretId: arn })).body).toEqual({ ARN: arn, Name: "app/key" });
});

test("a description never holds the value", async () => {
  const { call } = await open();
  const described = await call("DescribeSecret", { SecretId: arn });
  expect(described.body).toMatchObject({ Name: "app/key", CreatedDate: expect.any(Number) });
  expect(JSON.stringify([described, await call("ListSecrets", {})])).not.toContain(canary);
});

test("the ledger knows that a secret changed but not what it says", async () => {
  const { running, call } = await open();
  const SecretId = "new";
  await call("CreateSecret", { Name: SecretId, SecretString: canary, Tags: [{ Key: "a", Value: "1" }] });
  expect((await call("CreateSecret", { Name: SecretId })).body).toMatchObject({
    __type: "ResourceExistsException",
  });
  await call("PutSecretValue", { SecretId, SecretString: `${canary}-2` });
  await call("UpdateSecret", { SecretId, Description: "Changed", SecretString: `${canary}-3` });
  await call("TagResource", { SecretId, Tags: [{ Key: "a", Value: "1" }] });
  await call("UntagResource", { SecretId, TagKeys: ["a"] });
  expect((await call("GetSecretValue", { SecretId, VersionStage: "AWSPREVIOUS" })).body).toMatchObject({
    SecretString: `${canary}-2`,
  });
  const entries = running.world.ledger.entries();
  expect(entries.map(({ operation }) => operation.split(":")[1])).toEqual([
    "CreateSecret",
    "PutSecretValue",
    "UpdateSecret",
    "UntagResource",
  ]);
  expect(JSON.stringify(entries)).not.toContain(canary);
  expect(entries[0]?.request).toMatchObject({ SecretString: "[hidden]" });
});

test("a deleted secret cannot be read until it is restored", async () => {
  const { call } = await open();
  await call("DeleteSecret", { SecretId: arn });
  expect((await call("GetSecretValue", { SecretId: arn })).body).toMatchObject({
    __type: "InvalidRequestException",
  });
  await call("RestoreSecret", { SecretId: arn });
  expect((await call("GetSecretValue", { SecretId: arn })).status).toBe(200);
  await call("DeleteSecret", { SecretId: arn, ForceDeleteWithoutRecovery: true });
  expect((await call("DescribeSecret", { SecretId: arn })).status).toBe(400);
});
