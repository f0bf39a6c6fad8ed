import {
  appendFile,
  chmod,
  copyFile,
  mkdir,
  readFile,
  rename,
  symlink,
  unlink,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { terraformApply } from "../../src/steps/terraform-apply.ts";
import { terraformInit } from "../../src/steps/terraform-init.ts";
import { terraformPlan } from "../../src/steps/terraform-plan.ts";
import { manifestOf } from "../../src/steps/terraform/manifest.ts";
import { approvedPlan } from "../../src/steps/terraform/review.ts";
import { randomFrom } from "../redact/random.ts";
import { temporary } from "../support/terraform.ts";
import { countChanges, incident } from "./incident-world.ts";
import { practice, quickVersion, type Practice } from "./terraform/practice.ts";

const { addresses } = incident.terraform;

let it: Practice;
let approved: ReturnType<typeof approvedPlan>;
/** The stand-in behind a name of its own, so that the program itself can be changed. */
let program: string;

/** A configuration with what a plan depends on beside its text: scripts in and outside of it, a module, a lock file. */
beforeAll(async () => {
  it = await practice("stand-in", { locked: false });
  const [inside, module, shared] = ["scripts", "../module", "../shared"].map((name) =>
    path.join(it.dir, name),
  );
  for (const folder of [inside, module, shared]) await mkdir(folder ?? "", { recursive: true });
  const write = (name: string, text: string) => writeFile(path.join(it.dir, name), text);
  await write("scripts/deploy.sh", "#!/bin/sh\necho deploy\n");
  await write("../shared/notify.sh", "#!/bin/sh\necho notify\n");
  await write("../module/main.tf", 'variable "x" {}\n');
  await write(".terraform.lock.hcl", "# hashes\n");
  await write("local.auto.tfvars", 'x = "1"\n');
  await symlink("deploy.sh", path.join(it.dir, "scripts/current"));
  await write(
    "provisioners.tf",
    'module "m" {\n  source = "../module"\n}\nresource "terraform_data" "x" {\n  provisioner "local-exec" {\n' +
      '    command = "${path.module}/../shared/notify.sh && sh scripts/deploy.sh"\n  }\n}\n',
  );
  it = await quickVersion(it);
  program = it.terraform;
  await terraformInit.run(it.place, await it.context());
  const planning = terraformPlan.input.parse({ ...it.place, targets: [addresses.redisRule] });
  approved = approvedPlan(await terraformPlan.run(planning, await it.context()));
});
afterAll(() => it.world.close());

async function apply(more: object = {}, context: object = {}) {
  const input = terraformApply.input.parse({ ...it.place, ...approved, ...more });
  return terraformApply.run(input, await it.context(context));
}

const added = () => countChanges(it.world, "ec2:AuthorizeSecurityGroupIngress");

/** Changes one byte of a file, and takes it back. */
function oneByte(name: string) {
  return async (): Promise<() => Promise<void>> => {
    const file = path.resolve(it.dir, name);
    const bytes = await readFile(file);
    await appendFile(file, "\n");
    return () => writeFile(file, bytes);
  };
}

type Change = readonly [what: string, message: RegExp, make: () => Promise<() => Promise<void>>];

const changes: readonly Change[] = [
  ["a configuration file", /`provisioners\.tf` is another/, oneByte("provisioners.tf")],
  ["a variables file", /`local\.auto\.tfvars` is another/, oneByte("local.auto.tfvars")],
  ["the dependency lock file", /`\.terraform\.lock\.hcl` is another/, oneByte(".terraform.lock.hcl")],
  [
    "a script that a provisioner runs",
    /`scripts\/current` is another; `scripts\/deploy\.sh` is another/,
    oneByte("scripts/deploy.sh"),
  ],
  [
    "a script outside of the directory",
    /`\.\.\/shared\/notify\.sh` is another/,
    oneByte("../shared/notify.sh"),
  ],
  ["a module outside of the directory", /`\.\.\/module\/main\.tf` is another/, oneByte("../module/main.tf")],
  [
    "a new file",
    /`extra\.tf` is new/,
    async () => {
      const file = path.join(it.dir, "extra.tf");
      await writeFile(file, "");
      return () => unlink(file);
    },
  ],
  [
    "a file that is gone",
    /`local\.auto\.tfvars` is gone/,
    async () => {
      const file = path.join(it.dir, "local.auto.tfvars");
      await rename(file, `${file}~`);
      return () => rename(`${file}~`, file);
    },
  ],
  [
    "a link that leads elsewhere",
    /: `scripts\/current` is another\. Nothing/,
    async () => {
      const link = path.join(it.dir, "scripts/current");
      const lead = async (to: string) => {
        await unlink(link);
        await symlink(to, link);
      };
      await lead("../provisioners.tf");
      return () => lead("deploy.sh");
    },
  ],
  [
    "the terraform program",
    /terraform's sha256 was/,
    async () => {
      const bytes = await readFile(program);
      await appendFile(program, "\n");
      return () => writeFile(program, bytes);
    },
  ],
  [
    "the account",
    /the account was `\d+` and is ``/,
    async () => {
      const fault = {
        operation: "sts:GetCallerIdentity",
        kind: "error",
        code: "AccessDenied",
        status: 403,
      } as const;
      it.world.parts.faults.add({ ...fault, times: 1 });
      return async () => {};
    },
  ],
  [
    "the plan itself",
    /is not the one that was approved/,
    async () => {
      const bytes = await readFile(approved.plan);
      await appendFile(approved.plan, " ");
      return () => writeFile(approved.plan, bytes);
    },
  ],
  [
    "the list of approved files",
    /the list of those that were approved is gone/,
    async () => {
      const undo = await oneByte("provisioners.tf")();
      const list = path.join(path.dirname(approved.plan), "manifest.json");
      const bytes = await readFile(list);
      await writeFile(list, "{}");
      return async () => {
        await undo();
        await writeFile(list, bytes);
      };
    },
  ],
];

test.each(changes)(
  "%s that has changed since the plan was made is named, and nothing is applied",
  async (_what, message, make) => {
    const undo = await make();
    await expect(apply()).rejects.toMatchObject({
      code: expect.stringMatching(/^(APPROVAL_VOID|TERRAFORM_PLAN_CHANGED)$/),
      message: expect.stringMatching(message),
    });
    await undo();
    expect(added()).toBe(0);
  },
);

test("200 random changes of one byte of the plan or of a file that it depends on are refused", async () => {
  const random = randomFrom(38);
  const names = [...Object.keys(await manifestOf(it.dir)), approved.plan];
  const changed = new Set<string>();
  for (let round = 0; round < 200; round += 1) {
    const name = names[random(names.length)] ?? "";
    const file = path.resolve(it.dir, name);
    const bytes = await readFile(file);
    const spoiled = Buffer.from(bytes);
    const at = random(bytes.length);
    spoiled[at] = (bytes[at] ?? 0) ^ (1 + random(255));
    await writeFile(file, spoiled);
    await expect(apply(), `byte ${at} of ${name}`).rejects.toMatchObject({
      code: name === approved.plan ? "TERRAFORM_PLAN_CHANGED" : "APPROVAL_VOID",
      message: expect.stringContaining(name),
    });
    await writeFile(file, bytes);
    changed.add(name);
  }
  expect(changed.size).toBe(names.length);
  expect(added()).toBe(0);
});

test("another program, region or workspace than the approved one is named", async () => {
  const copy = path.join(temporary("other"), "terraform");
  await copyFile(program, copy);
  await chmod(copy, 0o755);
  await expect(apply({}, { terraform: copy })).rejects.toThrow(/terraform's path was/);
  await expect(apply({ region: "eu-west-1" })).rejects.toThrow(
    /the region was `us-east-1` and is `eu-west-1`/,
  );
  await expect(apply({ workspace: "other" })).rejects.toThrow(
    /the workspace was `default` and is `other`; the backend/,
  );
});

test("what terraform and editors leave beside a configuration is no change, and an apply that has begun is not prevented", async () => {
  const before = await manifestOf(it.dir);
  expect(Object.keys(before)).toContain("provisioners.tf");
  for (const name of [".main.tf.swp", "main.tf~", "terraform.tfstate", "crash.log", ".terraform/x"])
    await writeFile(path.join(it.dir, name), "x");
  expect(await manifestOf(it.dir)).toEqual(before);
  const undo = await oneByte("provisioners.tf")();
  // As after a crash: the command is known, so only its outcome is left to be judged.
  const done = await apply({}, { begun: () => true });
  expect(done.resources).toMatchObject([{ address: addresses.redisRule, outcome: "applied" }]);
  expect(added()).toBe(1);
  await undo();
});

test("a folder that links to itself is listed once", async () => {
  const dir = temporary("loop");
  await writeFile(path.join(dir, "main.tf"), "");
  await symlink(".", path.join(dir, "again"));
  await symlink("nowhere", path.join(dir, "broken"));
  expect(await manifestOf(dir)).toEqual({ "main.tf": expect.any(String), broken: "a link to nowhere" });
});
