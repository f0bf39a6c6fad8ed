import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunningWorld } from "../../src/practice/world/server.ts";
import { securityGroupIngress } from "../../src/steps/ec2-security-group-ingress.ts";
import { stepContext } from "../support/step-context.ts";
import { admitToRedis, incident, incidentWorld } from "./incident-world.ts";

let world: RunningWorld;
beforeEach(async () => {
  world = await incidentWorld();
});
afterEach(() => world.close());

const { redis, api, legacy } = incident.securityGroups;

async function ask(more: { source?: string; group?: string; port?: number; protocol?: string } = {}) {
  const ctx = await stepContext();
  const input = securityGroupIngress.input.parse({ group: redis, source: api, port: 6379, ...more });
  const output = securityGroupIngress.output.parse(await securityGroupIngress.run(input, ctx));
  return { output, ctx };
}

test("a group that admits only another one does not admit ours", async () => {
  const { output, ctx } = await ask();
  expect(output).toEqual({ admitted: false, ruleIds: [], group: redis, source: api, port: 6379, rules: 1 });
  expect(ctx.recorded.evidence.get("ingress-rules.json")).toMatchObject({
    rules: [{ source: legacy, from: 6379, to: 6379, protocol: "tcp" }],
  });
});

test("the rule that admits is named", async () => {
  admitToRedis(world);
  const { output } = await ask();
  expect(output).toMatchObject({ admitted: true, ruleIds: ["sgr-0aaaaaaaaaaaaaaaa"], rules: 2 });
});

test("a rule for another port or protocol does not admit", async () => {
  admitToRedis(world);
  expect((await ask({ port: 6380 })).output.admitted).toBe(false);
  expect((await ask({ protocol: "udp" })).output.admitted).toBe(false);
});

test("a rule for every address admits every group, one for some addresses proves nothing", async () => {
  const rule = { group: redis, from: 6379 };
  world.parts.seed.putSecurityGroupRule({
    ...rule,
    id: "sgr-1",
    peer: { kind: "ipv4", value: "10.0.0.0/16" },
  });
  expect((await ask()).output.admitted).toBe(false);
  world.parts.seed.putSecurityGroupRule({ ...rule, id: "sgr-2", peer: { kind: "ipv4", value: "0.0.0.0/0" } });
  expect((await ask()).output).toMatchObject({ admitted: true, ruleIds: ["sgr-2"] });
});

test("a group that does not exist is not found, instead of admitting nobody", async () => {
  await expect(ask({ group: "sg-00000000000000000" })).rejects.toMatchObject({
    code: "AWS_NOT_FOUND",
    message: expect.stringContaining("sg-00000000000000000"),
  });
});
