import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { dryRun } from "../../../src/cli/commands/dry-run.ts";
import type { RunningWorld } from "../../../src/practice/world/server.ts";
import { arnOf, incident, incidentWorld, registerFix } from "../../steps/incident-world.ts";
import { catchIo } from "../../support/read-io.ts";

let world: RunningWorld;
beforeEach(async () => {
  world = await incidentWorld();
  await registerFix();
});
afterEach(() => world.close());

function asked(json = false) {
  const { cluster, service, family, logGroup, region } = incident;
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-dry-"));
  const values = { dir: "/infra", region, cluster, service, logGroup, lastGood: `${family}:151` };
  const check = {
    checkUrl: `${world.url}${incident.paths.predict}`,
    checkMethod: "POST",
    errorPattern: "nothing",
  };
  const input = Object.entries({ ...values, ...check }).map(([name, value]) => `${name}=${value}`);
  const { io, globals, out } = catchIo(dir, { json });
  const env = { ...process.env, HOME: dir, XDG_STATE_HOME: path.join(dir, "state") };
  return { dir, out, run: () => dryRun({ runbook: "rollback-release", input }, globals, { ...io, env }) };
}

test("a dry run reads, describes every write with its input, and leaves nothing behind", async () => {
  const before = world.world.ledger.entries().length;
  const { dir, out, run } = asked();
  expect(await run()).toBe(0);
  expect(out()).toMatch(/^read {4}symptom: POST /m);
  expect(out()).toContain("found: users get 401 (confirmed)");
  expect(out()).toContain(
    `WRITE   back: update service ${incident.cluster}/${incident.service} to ${arnOf(151)}`,
  );
  expect(out()).toContain("read    rollout: wait up to 15m until deployment ‹back.deploymentId›");
  expect(world.world.ledger.entries()).toHaveLength(before);
  expect(readdirSync(dir)).toEqual([]);
});

test("as JSON it tells what was read and what would come", async () => {
  const { out, run } = asked(true);
  await run();
  const { read, would } = JSON.parse(out()) as {
    readonly read: object;
    readonly would: readonly { readonly state: string }[];
  };
  expect(Object.keys(read).toSorted()).toEqual(["bad", "errors", "good", "symptom"]);
  expect(would.map(({ state }) => state).slice(0, 2)).toEqual(["approve", "back"]);
});
