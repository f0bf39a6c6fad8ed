import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { terraformApply } from "../../src/steps/terraform-apply.ts";
import { terraformInit } from "../../src/steps/terraform-init.ts";
import { terraformInspectErroredState } from "../../src/steps/terraform-inspect-errored-state.ts";
import { terraformPlan } from "../../src/steps/terraform-plan.ts";
import { terraformPushState } from "../../src/steps/terraform-push-state.ts";
import { approvedState, stateForReview } from "../../src/steps/terraform/review-state.ts";
import { approvedPlan } from "../../src/steps/terraform/review.ts";
import { incident } from "./incident-world.ts";
import { durable, practice, quickVersion, type Practice } from "./terraform/practice.ts";

const { addresses, bucket, key, lockKey } = incident.terraform;

let it: Practice;
let file: string;
/** What the apply left, and what the backend had before it. */
let [errored, stored] = ["", ""];

/** An apply that could not save its state: its last write of it is refused. */
beforeAll(async () => {
  it = await quickVersion(await practice("stand-in", { locked: false }));
  file = path.join(it.dir, "errored.tfstate");
  await terraformInit.run(it.place, await it.context());
  const planning = terraformPlan.input.parse({ ...it.place, targets: [addresses.redisRule] });
  const planned = await terraformPlan.run(planning, await it.context());
  const fault = { operation: "s3:PutObject", kind: "error", code: "AccessDenied", status: 403 } as const;
  it.world.parts.faults.add({ operation: "s3:PutObject", kind: "delay", seconds: 0, times: 1 });
  it.world.parts.faults.add({ ...fault, times: 1 });
  const applying = terraformApply.input.parse({ ...it.place, ...approvedPlan(planned) });
  await expect(terraformApply.run(applying, await it.context())).rejects.toMatchObject({
    code: "TERRAFORM_STATE_UNSAVED",
  });
  errored = await readFile(file, "utf8");
  const { serial, resources, ...rest } = JSON.parse(errored);
  const known = resources.filter(
    (resource: { readonly name: string }) => !addresses.redisRule.endsWith(`.${resource.name}`),
  );
  stored = JSON.stringify({ ...rest, serial: serial - 1, resources: known });
});
afterAll(() => it.world.close());
beforeEach(async () => {
  await writeFile(file, errored);
  it.world.parts.seed.putObject({ bucket, key, body: stored });
});

const inspect = async () => terraformInspectErroredState.run(it.place, await it.context());
async function approved() {
  return terraformPushState.input.parse({ ...it.place, ...approvedState(await inspect()) });
}

test("the gate shows serial, lineage and addresses of what was not saved, and no value of it", async () => {
  const inspected = await inspect();
  expect(inspected).toMatchObject({
    verdict: "newer",
    added: [addresses.redisRule],
    removed: [],
    changed: [],
  });
  expect(inspected.file?.serial).toBe(inspected.stored.serial + 1);
  const shown = stateForReview(inspected);
  expect(shown).toMatchObject({ risk: "high", verb: "push", subject: { state: inspected.file?.sha256 } });
  expect(shown.lines).toContain(`only in the file: ${addresses.redisRule}`);
  const secret = /"description": "([^"]{8,})"/.exec(await readFile(file, "utf8"))?.[1] ?? "";
  expect(secret).not.toBe("");
  expect(JSON.stringify([inspected, shown])).not.toContain(secret);
});

test("the state is pushed, the file is removed, and nothing is left to plan", async () => {
  const input = await approved();
  const ctx = await it.context();
  expect(await terraformPushState.probe(input, ctx)).toMatchObject({ verdict: "not done" });
  const { serial, lineage } = await terraformPushState.run(input, ctx);
  expect([serial > input.over.serial, lineage]).toEqual([true, input.over.lineage]);
  expect(existsSync(file)).toBe(false);
  expect(await terraformPushState.probe(input, ctx)).toMatchObject({ verdict: "done" });
  const planning = terraformPlan.input.parse({ ...it.place, targets: [addresses.redisRule] });
  expect(await terraformPlan.run(planning, await it.context())).toMatchObject({ add: 0, applyable: false });
  expect(await inspect()).toMatchObject({ verdict: "none", file: null });
  await expect(terraformPushState.run(input, await it.context())).rejects.toMatchObject({
    code: "APPROVAL_VOID",
    message: expect.stringMatching(/is gone; nothing was pushed/),
  });
});

test("an attempt that died at any moment of the push is judged by what the backend has", async () => {
  const input = await approved();
  const ctx = await durable(it);
  await terraformPushState.run(input, ctx);
  // After the push and before the file was removed.
  await writeFile(file, errored);
  expect(await terraformPushState.probe(input, ctx)).toMatchObject({ verdict: "not done" });
  await terraformPushState.run(input, { ...ctx, begun: () => false });
  expect(existsSync(file)).toBe(false);
  // After it was removed: a taken-up attempt ends as the first one did.
  expect(await terraformPushState.run(input, ctx)).toMatchObject({ lineage: input.over.lineage });
});

test("neither another file than the approved one nor a backend that has moved on is pushed over", async () => {
  const input = await approved();
  await writeFile(file, `${errored} `);
  await expect(terraformPushState.run(input, await it.context())).rejects.toThrow(
    /another file than the approved/,
  );
  await writeFile(file, errored);
  const moved = { ...input, over: { ...input.over, serial: input.over.serial - 1 } };
  await expect(terraformPushState.run(moved, await it.context())).rejects.toMatchObject({
    code: "APPROVAL_VOID",
    message: expect.stringMatching(/The backend was at serial/),
  });
  const foreign = JSON.stringify({ ...JSON.parse(errored), lineage: "another" });
  await writeFile(file, foreign);
  expect(await inspect()).toMatchObject({ verdict: "conflict" });
  await writeFile(file, "{ no state");
  await expect(inspect()).rejects.toMatchObject({ code: "TERRAFORM_FAILED" });
});

test("what terraform refuses is told, and a held lock leaves the probe without an answer", async () => {
  const input = await approved();
  const body = JSON.stringify({ ID: incident.lock.id, Who: "a@b" });
  it.world.parts.seed.putObject({ bucket, key: lockKey, body });
  expect(await terraformPushState.probe(input, await it.context())).toMatchObject({
    verdict: "unknown",
    why: expect.stringMatching(/locked by a@b/),
  });
});
