import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { incident } from "../../../src/practice/world/seed.ts";
import { bench, messages, type Bench } from "./bench.ts";

const { addresses, firstTargets, secondTargets, key, lockKey } = incident.terraform;
const targets = (wanted: readonly string[]) => wanted.map((address) => `-target=${address}`);
const state = async (one: Bench) =>
  JSON.parse((await one.object(key)) ?? "") as {
    serial: number;
    resources: { type: string; instances: { status?: string }[] }[];
  };

describe("the stand-in terraform, from the stale lock to the second apply", () => {
  let it: Bench;
  beforeAll(async () => {
    it = await bench({ locked: true });
  });
  afterAll(() => it.world.close());

  test("says in its version that it is a stand-in", async () => {
    const { code, out } = await it.run(["version", "-json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ terraform_version: "1.11.4", stand_in: true });
  });

  test("asks for init before anything else, then remembers the backend", async () => {
    const before = await it.run(["plan", "-json", "-input=false"]);
    expect(before.code).toBe(1);
    expect(messages(before, "diagnostic")).toEqual([
      'Error: Backend initialization required, please run "terraform init"',
    ]);
    expect((await it.run(["init", "-json", "-input=false"])).code).toBe(0);
    expect(existsSync(path.join(it.dir, ".terraform/terraform.tfstate"))).toBe(true);
  });

  test("says that init is needed again when the backend's configuration changed", async () => {
    const file = path.join(it.dir, "stand-in.json");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace('"development/terraform.tfstate"', '"elsewhere/terraform.tfstate"'));
    const { err, code } = await it.run(["state", "list", "-no-color"]);
    writeFileSync(file, text);
    expect(code).toBe(1);
    expect(err).toContain('Error: Backend initialization required: please run "terraform init"');
    expect(err).toContain("Backend configuration block has changed");
  });

  test("refuses to plan and to taint while the dead holder's lock lies on the state", async () => {
    const plan = await it.run(["plan", "-json", "-input=false"]);
    expect(plan.code).toBe(1);
    expect(plan.err).toBe("");
    expect(JSON.stringify(plan.lines)).toContain(
      "Lock Info:\\n  ID:        e55d2481-33f2-90b2-1016-e59f71c8495e",
    );
    const taint = await it.run(["taint", "-no-color", addresses.taskDefinition]);
    expect(taint.code).toBe(1);
    expect(taint.err).toContain("Error: Error acquiring the state lock");
    expect(taint.err).toContain("  Who:       deploy@ci-runner-7\n");
  });

  test("reads without a lock, and plans without one when told to", async () => {
    const list = await it.run(["state", "list"]);
    expect(list.out.split("\n")).toContain(addresses.taskDefinition);
    const plan = await it.run(["plan", "-json", "-input=false", "-lock=false", "-detailed-exitcode"]);
    expect(plan.code).toBe(2);
    expect(messages(plan, "change_summary")).toEqual(["Plan: 2 to add, 0 to change, 0 to destroy."]);
    expect(messages(plan, "planned_change", "resource_drift")).toEqual([
      `${addresses.redisRule}: Plan to create`,
      `${addresses.featureFlags}: Plan to create`,
    ]);
  });

  test("unlocks only the lock with the given ID, once", async () => {
    const wrong = await it.run(["force-unlock", "-force", "11111111-1111-1111-1111-111111111111"]);
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain(`does not match the existing lock ID '${incident.lock.id}'`);
    const right = await it.run(["force-unlock", "-force", incident.lock.id]);
    expect(right).toMatchObject({ code: 0 });
    expect(right.out).toContain("Terraform state has been successfully unlocked!");
    const again = await it.run(["force-unlock", "-force", incident.lock.id]);
    expect(again.code).toBe(1);
    expect(again.err).toContain("NoSuchKey");
    expect(await it.object(lockKey)).toBeUndefined();
  });

  test("taints and untaints in the state, and knows what it has not", async () => {
    const tainted = await it.run(["taint", addresses.taskDefinition]);
    expect(tainted.out).toContain(
      `Resource instance ${addresses.taskDefinition} has been marked as tainted.\n`,
    );
    const serial = (await state(it)).serial;
    expect((await it.run(["taint", addresses.taskDefinition])).code).toBe(0);
    expect((await state(it)).serial).toBe(serial);
    expect((await it.run(["untaint", addresses.taskDefinition])).code).toBe(0);
    expect((await it.run(["untaint", "-no-color", addresses.taskDefinition])).err).toContain(
      "Error: Resource instance is not tainted",
    );
    expect((await it.run(["taint", "-no-color", "aws_vpc.typo"])).err).toContain(
      "Error: No such resource instance",
    );
  });

  test("replaces what is tainted or asked for, which brings the ignored secret in", async () => {
    const asked = [
      "plan",
      "-json",
      "-input=false",
      "-out=asked.tfplan",
      `-replace=${addresses.taskDefinition}`,
    ];
    expect(JSON.stringify((await it.run(asked)).lines)).toContain('"action":"replace","reason":"requested"');
    await it.run(["taint", addresses.taskDefinition]);
    const plan = await it.run([
      "plan",
      "-json",
      "-input=false",
      "-out=first.tfplan",
      ...targets(firstTargets),
    ]);
    expect(plan.code).toBe(0);
    expect(messages(plan, "planned_change")).toEqual([
      `${addresses.taskDefinition}: Plan to replace`,
      `${addresses.featureFlags}: Plan to create`,
    ]);
    const shown = JSON.parse((await it.run(["show", "-json", "first.tfplan"])).out) as {
      resource_changes: {
        address: string;
        action_reason?: string;
        change: { before: Values; after: Values };
      }[];
    };
    expect(shown).toMatchObject({ applyable: true, complete: false, errored: false });
    const change = shown.resource_changes.find(({ address }) => address === addresses.taskDefinition);
    expect(change?.action_reason).toBe("replace_because_tainted");
    expect(change?.change.before.container_definitions).not.toContain("HUGGINGFACE_API_KEY");
    expect(change?.change.after.container_definitions).toContain("HUGGINGFACE_API_KEY");
  });

  test("refuses a plan that was made before the state changed", async () => {
    const { code, lines } = await it.run(["apply", "-json", "asked.tfplan"]);
    expect(code).toBe(1);
    expect(JSON.stringify(lines)).toContain("Saved plan is stale");
  });

  test("applies what it can: exit code 1, the new revision made, the Redis rule untouched", async () => {
    const before = it.operations().length;
    const apply = await it.run(["apply", "-json", "-input=false", "first.tfplan"]);
    expect(apply.code).toBe(1);
    expect(messages(apply, "apply_complete", "apply_errored").toSorted()).toEqual([
      `${addresses.taskDefinition}: Creation complete [id=${incident.family}]`,
      `${addresses.taskDefinition}: Destruction complete`,
      `${addresses.featureFlags}: Creation errored`,
    ]);
    expect(messages(apply, "change_summary", "outputs")).toEqual([]);
    expect(messages(apply, "diagnostic")[0]).toContain("ParameterAlreadyExists");
    expect(it.operations().slice(before)).toEqual([
      "s3:PutObject",
      "ecs:DeregisterTaskDefinition",
      "ecs:RegisterTaskDefinition",
      "s3:PutObject",
      "s3:DeleteObject",
    ]);
    const output = await it.run(["output", "-raw", "task_definition_arn"]);
    expect(output.out.trim()).toBe(
      `arn:aws:ecs:us-east-1:${incident.account}:task-definition/${incident.family}:151`,
    );
  });

  test("applies the targeted second plan and ends with its summary", async () => {
    await it.run(["plan", "-json", "-input=false", "-out", "second.tfplan", ...targets(secondTargets)]);
    const apply = await it.run(["apply", "-json", "-input=false", "second.tfplan"]);
    expect(apply.code).toBe(0);
    expect(messages(apply, "change_summary")).toEqual([
      "Apply complete! Resources: 1 added, 0 changed, 0 destroyed.",
    ]);
    const { redis, api } = incident.securityGroups;
    expect(it.world.world.ec2.admits(redis, api, incident.redisPort)).toBe(true);
    const rest = await it.run(["plan", "-json", "-input=false"]);
    expect(messages(rest, "planned_change")).toEqual([`${addresses.featureFlags}: Plan to create`]);
  });

  test("pulls the state, and pushes it back only over an older one of its lineage", async () => {
    const pulled = await it.run(["state", "pull"]);
    writeFileSync(path.join(it.dir, "pulled.json"), pulled.out);
    expect((await it.run(["state", "push", "pulled.json"])).code).toBe(0);
    const older = await it.run(["state", "push", "pulled.json"]);
    expect(older.err).toMatch(/cannot import state with serial \d+ over newer state with serial \d+/);
    rmSync(path.join(it.dir, "pulled.json"));
  });
});

interface Values {
  readonly container_definitions: string;
}
