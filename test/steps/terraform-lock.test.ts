import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { terraformForceUnlock } from "../../src/steps/terraform-force-unlock.ts";
import { terraformInit } from "../../src/steps/terraform-init.ts";
import { terraformInspectLock } from "../../src/steps/terraform-inspect-lock.ts";
import { incident } from "./incident-world.ts";
import { temporary } from "../support/terraform.ts";
import { durable, practice, type Practice } from "./terraform/practice.ts";

const { bucket, key, lockKey } = incident.terraform;
const first: string = incident.lock.id;
const second = "a3abdb2c-12e9-1ef6-d152-a2be4c01a710";

let it: Practice;
beforeAll(async () => {
  it = await practice("stand-in", { locked: false });
  await terraformInit.run(it.place, await it.context());
});
afterAll(() => it.world.close());
beforeEach(() => unlock());

function lock({
  id = first,
  who = "deploy@ci-runner-7",
  created = "2025-10-07T11:02:00.123456789Z",
} = {}): void {
  const record = {
    ID: id,
    Operation: "OperationTypeApply",
    Info: "",
    Who: who,
    Version: "1.11.4",
    Created: created,
    Path: `${bucket}/${key}`,
  };
  put(JSON.stringify(record));
}

function put(body: string): void {
  it.world.parts.seed.putObject({ bucket, key: lockKey, body });
}

/** Removes the lock as whoever holds it would. */
async function unlock(): Promise<void> {
  const { S3 } = await import("@aws-sdk/client-s3");
  const client = new S3({ region: "us-east-1" });
  await client.deleteObject({ Bucket: bucket, Key: lockKey });
  client.destroy();
}

const inspect = async (more: { settleSeconds?: number } = {}, overrides = {}) =>
  terraformInspectLock.run({ ...it.place, settleSeconds: 0, ...more }, await it.context(overrides));

const probeUnlock = async () =>
  terraformForceUnlock.probe({ ...it.place, lockId: first }, await it.context());

test("a free state is not locked", async () => {
  expect(await inspect()).toMatchObject({
    locked: false,
    id: null,
    signsOfLife: [],
    verdict: null,
    changed: null,
  });
});

test("a holder on another host is told with its age, and may live", async () => {
  lock();
  const now = new Date("2025-10-07T13:51:00Z");
  const found = await inspect({}, { clock: { now: () => now, sleepUntil: async () => {} } });
  expect(found).toMatchObject({
    locked: true,
    who: "deploy@ci-runner-7",
    operation: "OperationTypeApply",
    ageSeconds: 10_139,
  });
  expect(found.signsOfLife[0]).toMatchObject({
    sign: "process",
    verdict: "unknown",
    detail: expect.stringMatching(/is on ci-runner-7/),
  });
});

test("a holder on this host without a terraform as old as the lock is dead", async () => {
  lock({ who: `root@${hostname()}`, created: "2025-01-01T00:00:00Z" });
  expect((await inspect()).signsOfLife[0]).toMatchObject({ sign: "process", verdict: "dead" });
});

test("a terraform on this host that started before the lock was taken is a sign of life", async () => {
  const program = path.join(temporary("process"), "terraform");
  await copyFile("/bin/sleep", program);
  const child = spawn(program, ["60"], { stdio: "ignore" });
  try {
    lock({ who: `root@${hostname()}`, created: new Date(Date.now() + 1_000).toISOString() });
    expect(await inspect()).toMatchObject({ verdict: "alive", signsOfLife: [{ verdict: "alive" }, {}, {}] });
  } finally {
    child.kill("SIGKILL");
  }
});

test("a second look says whether anything changed meanwhile", async () => {
  lock();
  expect(await inspect({ settleSeconds: 1 })).toMatchObject({ changed: false });
  const base = new Date();
  const clock = { now: () => base, sleepUntil: async () => lock({ id: second }) };
  expect(await inspect({ settleSeconds: 1 }, { clock })).toMatchObject({
    changed: true,
    id: second,
    verdict: "alive",
  });
  const gone = { now: () => base, sleepUntil: unlock };
  expect(await inspect({ settleSeconds: 1 }, { clock: gone })).toMatchObject({
    locked: false,
    changed: true,
  });
});

test("a lock whose record cannot be read still is a lock", async () => {
  put("");
  expect(await inspect()).toMatchObject({ locked: true, id: null, who: null, ageSeconds: null });
});

test("a backend that keeps no readable lock is refused, and so is a directory without init", async () => {
  const dir = temporary("local");
  await expect(
    terraformInspectLock.run({ dir, workspace: "default", settleSeconds: 0 }, await it.context()),
  ).rejects.toMatchObject({
    code: "TERRAFORM_LOCK_UNREADABLE",
    data: { backend: "local" },
  });
  await mkdir(path.join(dir, ".terraform"));
  const config = { bucket: "b", key: "k", region: "us-east-1", use_lockfile: null };
  await writeFile(
    path.join(dir, ".terraform", "terraform.tfstate"),
    JSON.stringify({ backend: { type: "s3", config } }),
  );
  await expect(
    terraformInspectLock.run({ dir, workspace: "default", settleSeconds: 0 }, await it.context()),
  ).rejects.toMatchObject({
    message: expect.stringMatching(/without `use_lockfile`/),
  });
});

test("a workspace has a lock of its own", async () => {
  lock();
  const found = await terraformInspectLock.run(
    { ...it.place, workspace: "staging", settleSeconds: 0 },
    await it.context(),
  );
  expect(found.locked).toBe(false);
});

test("a lock that is gone is left alone", async () => {
  const input = { ...it.place, lockId: first };
  expect(await terraformForceUnlock.run(input, await it.context())).toMatchObject({
    removed: false,
    alreadyGone: true,
  });
});

test("a lock that another one has replaced is not removed", async () => {
  lock({ id: second, who: "ana@laptop" });
  const running = terraformForceUnlock.run({ ...it.place, lockId: first }, await it.context());
  await expect(running).rejects.toMatchObject({
    code: "TERRAFORM_LOCK_CHANGED",
    message: expect.stringMatching(/ana@laptop/),
    data: { lock: { id: second } },
  });
  expect(await inspect()).toMatchObject({ locked: true, id: second });
});

test("an unlock that ran before a crash is reported as removed, not as gone already", async () => {
  lock();
  const input = { ...it.place, lockId: first };
  const ctx = await durable(it);
  const before = await terraformForceUnlock.run(input, ctx);
  expect(before).toMatchObject({
    removed: true,
    lock: { who: "deploy@ci-runner-7" },
    state: { serial: expect.any(Number) },
  });
  expect(await terraformForceUnlock.run(input, ctx)).toEqual(before);
  expect(await terraformForceUnlock.probe(input, ctx)).toMatchObject({ verdict: "done", output: before });
  expect(terraformForceUnlock.output.parse(before)).toEqual(before);
});

test("the probe goes by whether our lock is still there", async () => {
  lock();
  expect(await probeUnlock()).toMatchObject({ verdict: "not done" });
  lock({ id: second });
  expect(await probeUnlock()).toMatchObject({
    verdict: "done",
    output: { removed: false, nextHolder: { id: second } },
  });
});

test("every lock id that terraform makes is accepted, whatever its variant bits", () => {
  for (const lockId of [first, second, randomUUID()]) {
    expect(terraformForceUnlock.input.safeParse({ dir: "d", lockId }).success).toBe(true);
  }
  expect(terraformForceUnlock.input.safeParse({ dir: "d", lockId: "-force" }).success).toBe(false);
});
