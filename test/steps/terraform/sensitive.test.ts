import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { decide } from "../../../src/engine/decide.ts";
import { summarise } from "../../../src/model/summary.ts";
import { runbook } from "../../../src/runbook/define.ts";
import * as steps from "../../../src/steps/index.ts";
import { ana, bench } from "../../support/world-free.ts";
import { temporary } from "../../support/terraform.ts";
import { pointTo } from "../incident-world.ts";
import { nowhere } from "../local-server.ts";
import { jsonError, scripted } from "./scripted.ts";

let planted = 0;
/** A value that must not be found anywhere afterwards. */
const canary = (): string => `canary-${(planted += 1)}-sensitive`;

/** An object with a sensitive attribute, a nested one, one in a list, and one that is new. */
const object = () => ({
  name: "plain-marker",
  password: canary(),
  block: [
    { user: "u", token: canary() },
    { user: "v", token: canary() },
  ],
  tags: { secret: canary(), team: "api" },
  whole: { any: [canary()] },
});
const marks = {
  password: true,
  block: [{ token: true }, { token: true }],
  tags: { secret: true },
  whole: true,
};
const change = (actions: readonly string[]) => ({
  actions,
  before: object(),
  after: object(),
  before_sensitive: marks,
  after_sensitive: marks,
});
const containers = () =>
  JSON.stringify([{ name: "api", image: "i:1", environment: [{ name: "DB", value: canary() }] }]);

const plan = {
  format_version: "1.2",
  terraform_version: "1.11.4",
  variables: { db_password: { value: canary() } },
  planned_values: { outputs: { password: { sensitive: true, value: canary() } }, root_module: object() },
  prior_state: { values: object() },
  configuration: { root_module: { variables: { db_password: { sensitive: true, default: canary() } } } },
  resource_changes: [
    { address: "aws_x.update", type: "aws_x", change: change(["update"]) },
    { address: "aws_x.replace", type: "aws_x", change: change(["delete", "create"]) },
    { address: "aws_x.create", type: "aws_x", change: { ...change(["create"]), before: null } },
    { address: "aws_x.delete", type: "aws_x", change: { ...change(["delete"]), after: null } },
    {
      address: "aws_ecs_task_definition.api",
      type: "aws_ecs_task_definition",
      change: {
        actions: ["delete", "create"],
        before: { container_definitions: containers() },
        after: { container_definitions: containers() },
        before_sensitive: {},
        after_sensitive: {},
      },
    },
  ],
  resource_drift: [{ address: "aws_x.drift", type: "aws_x", change: change(["update"]) }],
  output_changes: {
    password: {
      actions: ["update"],
      before: canary(),
      after: canary(),
      before_sensitive: true,
      after_sensitive: true,
    },
  },
};

const known = (name: string) => ({
  mode: "managed",
  type: "aws_x",
  name,
  instances: [{ attributes: object(), sensitive_attributes: [] }],
});
const state = JSON.stringify({
  version: 4,
  serial: 3,
  lineage: "l",
  outputs: { password: { value: canary(), sensitive: true } },
  resources: ["update", "replace", "create"].map(known),
});

/** Plans, waits for an approval, and applies something that fails. */
function planning(dir: string) {
  const input = z.strictObject({});
  const { step, gate, define } = runbook("sensitive", { title: "Sensitive", input });
  const place = { dir, region: "us-east-1" };
  return define({
    plan: step(steps.terraformPlan, () => place),
    approve: gate(({ get }) => steps.planForReview(get(steps.terraformPlan))),
    apply: step(steps.terraformApply, ({ get }) => ({
      ...place,
      ...steps.approvedPlan(get(steps.terraformPlan)),
    })),
  });
}

function filesIn(dir: string): readonly string[] {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => path.join(parentPath, name));
}

test("sensitive values of plan and state are in nothing that is stored, whatever they are part of", async () => {
  pointTo(await nowhere());
  const program = await scripted({
    plan: {},
    show: { stdout: JSON.stringify(plan) },
    state: { stdout: state },
    apply: { stdout: jsonError("it fails", "for the test", "aws_x.update"), exit: 1 },
  });
  process.env["RUNWRIGHT_TERRAFORM"] = program;
  const configuration = temporary("configuration");
  const { dir, host, start, drive } = bench(planning(configuration));
  const run = start({});
  await drive(run);
  const { log } = host.store;
  expect(summarise(log.events(run)).gates).toMatchObject([{ gate: "approve", kind: "approval" }]);
  const asked = {
    run,
    gate: null,
    digest: null,
    decision: { type: "approve", reason: "" } as const,
    actor: ana,
  };
  const seen = new Map<string, number>();
  log.append({ drafts: [decide(log.events(run), asked, new Date())], seen, snapshots: new Map() }, null);
  await drive(run, { resumed: "on" });
  expect(summarise(log.events(run)).gates).toMatchObject([{ gate: "apply.decide" }]);
  const files = filesIn(dir);
  const holding = (text: string) => files.filter((file) => readFileSync(file).includes(text));
  // What is not sensitive is found, so the search would find the rest.
  expect(holding("plain-marker").some((file) => file.includes(".runwright"))).toBe(true);
  expect(holding("aws_x.update").some((file) => file.includes("state.db"))).toBe(true);
  expect(planted).toBeGreaterThan(40);
  expect(holding("canary-")).toEqual([]);
  host.store.close();
});
