import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createWorld, type WorldParts } from "../../src/practice/world/create-world.ts";
import { containers } from "../../src/practice/world/seed-state-api.ts";
import { incident, seedIncident } from "../../src/practice/world/seed.ts";
import { bench } from "./terraform/bench.ts";

const { bucket, key, lockKey } = incident.terraform;

describe("the seeded world", () => {
  let parts: WorldParts;
  beforeEach(() => {
    parts = createWorld({ url: "http://127.0.0.1:1", speed: 1000 });
  });
  afterEach(() => parts.stop());

  test("runs revision 150, without the secret, and no call made it so", () => {
    seedIncident(parts, { locked: true });
    expect(parts.world.ecs.servingRevision(incident.cluster, incident.service)).toMatchObject({
      revision: 150,
      secrets: ["DATABASE_URL", "REDIS_HOST", "REDIS_PORT"],
      securityGroups: [incident.securityGroups.api],
    });
    expect(parts.world.ledger.entries()).toEqual([]);
  });

  test("lets the legacy tasks reach Redis, and the API's not", () => {
    seedIncident(parts, { locked: true });
    const { redis, legacy, api } = incident.securityGroups;
    expect(parts.world.ec2.admits(redis, legacy, incident.redisPort)).toBe(true);
    expect(parts.world.ec2.admits(redis, api, incident.redisPort)).toBe(false);
  });

  test("has in its state what is deployed, the missing secret left out", async () => {
    const it = await bench({ locked: true });
    try {
      const state = JSON.parse((await it.object(key)) ?? "") as {
        resources: { type: string; name: string; instances: { attributes: Record<string, unknown> }[] }[];
      };
      const definition = state.resources.find(({ type }) => type === "aws_ecs_task_definition");
      expect(definition?.instances[0]?.attributes).toMatchObject({
        revision: 150,
        container_definitions: JSON.stringify(containers(["secret-missing"])),
      });
      const addresses = state.resources.map(({ type, name }) => `${type}.${name}`);
      expect(addresses).not.toContain(incident.terraform.addresses.redisRule);
      expect(addresses).not.toContain(incident.terraform.addresses.featureFlags);
    } finally {
      await it.world.close();
    }
  });

  test("has a dead holder's lock on its state, of 2 hours and 49 minutes ago", async () => {
    const it = await bench({ locked: true });
    try {
      const lock = JSON.parse((await it.object(lockKey)) ?? "") as Record<string, string>;
      expect(lock).toMatchObject({
        ID: "e55d2481-33f2-90b2-1016-e59f71c8495e",
        Operation: "OperationTypeApply",
        Who: "deploy@ci-runner-7",
        Path: `${bucket}/${key}`,
      });
      const age = (Date.now() - Date.parse(lock["Created"] ?? "")) / 60_000;
      expect(Math.round(age)).toBe(169);
    } finally {
      await it.world.close();
    }
  });

  test("has no lock when told so", async () => {
    const it = await bench({ locked: false });
    try {
      expect(await it.object(lockKey)).toBeUndefined();
    } finally {
      await it.world.close();
    }
  });

  test("names what the terraform files name", () => {
    const files = ["versions", "network", "api", "unrelated"].map((name) => `practice/terraform/${name}.tf`);
    const text = files.map((file) => readFileSync(file, "utf8")).join("\n");
    for (const name of [
      bucket,
      key,
      incident.family,
      incident.cluster,
      incident.parameter,
      incident.secret.name,
    ]) {
      expect(text).toContain(`"${name}"`);
    }
    for (const address of Object.values(incident.terraform.addresses)) {
      const [type, name] = address.split(".");
      expect(text).toContain(`resource "${type}" "${name}" {`);
    }
  });
});
