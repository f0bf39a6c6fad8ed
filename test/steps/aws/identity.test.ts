import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunningWorld } from "../../../src/practice/world/server.ts";
import { callerIdentity } from "../../../src/steps/aws/identity.ts";
import { stepContext } from "../../support/step-context.ts";
import { incident, incidentWorld, pointTo } from "../incident-world.ts";

let world: RunningWorld;
beforeAll(async () => {
  world = await incidentWorld();
});
afterAll(() => world.close());

test("STS says who we are", async () => {
  const { aws } = await stepContext();
  const identity = await callerIdentity(aws);
  expect(identity.account).toBe(incident.account);
  expect(identity.arn).toMatch(/^arn:aws:/);
});

test.each([
  ["EXPIRED", "CREDENTIALS_EXPIRED"],
  ["INVALID", "CREDENTIALS_MISSING"],
])("%s credentials are %s", async (accessKeyId, code) => {
  pointTo(world.url, accessKeyId);
  const { aws } = await stepContext();
  await expect(callerIdentity(aws)).rejects.toMatchObject({ code });
});
