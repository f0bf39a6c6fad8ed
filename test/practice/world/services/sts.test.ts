import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import { clientFor, openWorld } from "../running-world.ts";

test("the caller is the on-call role of the world's account", async () => {
  const client = new STSClient(clientFor(await openWorld()));
  expect(await client.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: "932100007590",
    Arn: "arn:aws:sts::932100007590:assumed-role/oncall/practice",
  });
});
