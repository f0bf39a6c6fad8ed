/** Every kind that writes, with an engine that dies before, during and after the effect: it happens once, and the run ends. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Decision } from "../../src/engine/decide.ts";
import type { Gate } from "../../src/model/event.ts";
import type { AnyStep } from "../../src/model/step.ts";
import { runbook } from "../../src/runbook/define.ts";
import * as exported from "../../src/steps/index.ts";
import { liveThrough, type Death } from "../support/mortal.ts";
import { temporary } from "../support/terraform.ts";
import { countChanges, incident, registerFix, service } from "./incident-world.ts";
import { serve } from "./local-server.ts";
import { practice, quickVersion, type Practice } from "./terraform/practice.ts";

const { addresses, key, lockKey } = incident.terraform;

interface Case {
  readonly input: object;
  /** How often the effect has happened. */
  readonly effects: () => number;
}

let it: Practice;
let posts = 0;
const webhook = serve((_request, response) => {
  posts += 1;
  response.end();
});
afterAll(async () => (await webhook).close());

const writes = (target: string) => (): number =>
  it.world.world.ledger
    .entries()
    .filter((entry) => /^s3:(Put|Delete)Object$/.test(entry.operation) && entry.target.endsWith(target))
    .length;

/** Since the case was made ready. */
function counted(count: () => number): () => number {
  const before = count();
  return () => count() - before;
}

const cases: Readonly<Record<string, () => Promise<Case>>> = {
  "ecs.update-service": async () => ({
    input: { ...service, taskDefinition: await registerFix(), forceNewDeployment: true },
    effects: () => countChanges(it.world, "ecs:UpdateService"),
  }),
  "notify.webhook": async () => ({
    input: { url: (await webhook).url, text: "please test" },
    effects: counted(() => posts),
  }),
  "terraform.apply": async () => {
    const planning = { ...it.place, targets: [addresses.redisRule] };
    const plan = await exported.terraformPlan.run(
      exported.terraformPlan.input.parse(planning),
      await it.context(),
    );
    return {
      input: { ...it.place, ...exported.approvedPlan(plan) },
      effects: () => countChanges(it.world, "ec2:AuthorizeSecurityGroupIngress"),
    };
  },
  "terraform.force-unlock": async () => ({
    input: { ...it.place, lockId: incident.lock.id },
    effects: counted(writes(lockKey)),
  }),
  "terraform.push-state": async () => {
    const { stdout } = await (
      await it.context()
    ).exec({ name: "p", file: it.terraform, args: ["state", "pull"], cwd: it.dir });
    const stored = JSON.parse(stdout);
    const file = path.join(it.dir, "errored.tfstate");
    await writeFile(
      file,
      JSON.stringify({ ...stored, serial: stored.serial + 1, resources: stored.resources.slice(1) }),
    );
    const inspected = await exported.terraformInspectErroredState.run(it.place, await it.context());
    return { input: { ...it.place, ...exported.approvedState(inspected) }, effects: counted(writes(key)) };
  },
  "terraform.taint": async () => ({
    input: { ...it.place, address: addresses.taskDefinition },
    effects: counted(writes(key)),
  }),
};

const steps: readonly AnyStep[] = Object.values(exported).filter((value) => typeof value === "object");
const kinds = steps.filter(({ effect }) => effect === "write").map(({ kind }) => kind);

test("every kind that writes is killed here", () => {
  expect(Object.keys(cases).toSorted()).toEqual(kinds.toSorted());
});

/** Says what was seen: only where neither process nor probe could tell is anybody asked. */
function honest(effects: () => number): (gate: Gate) => Decision {
  return () =>
    effects() > 0
      ? { type: "choose", choice: "done", reason: "it arrived", output: { status: 200 } }
      : { type: "choose", choice: "again", reason: "it did not arrive" };
}

const deaths: readonly (readonly [string, (effects: () => number) => Death])[] = [
  ["between the intent and the effect", () => ({ when: "after", nth: 1 })],
  ["while the effect is under way", (effects) => ({ when: "during", isSeen: () => effects() > 0 })],
  ["between the effect and its outcome", () => ({ when: "effect", nth: 1 })],
];

describe.each(kinds)("%s", (kind) => {
  afterEach(() => it.world.close());

  test.each(deaths)("killed %s happens once", async (_where, dying) => {
    it = await quickVersion(await practice("stand-in", { locked: kind === "terraform.force-unlock" }));
    process.env["RUNWRIGHT_TERRAFORM"] = it.terraform;
    await exported.terraformInit.run(it.place, await it.context());
    const made = cases[kind];
    const step = steps.find((one) => one.kind === kind);
    if (made === undefined || step === undefined) throw new Error(`There is no case of ${kind}.`);
    const { input, effects } = await made();
    const { step: state, define } = runbook("writes", { title: "Writes", input: z.strictObject({}) });
    // Who has to allow it is another test's question: here nobody is asked.
    const unasked: AnyStep = { ...step, risk: "low" };
    const make = () => define({ write: state(unasked, () => input as never) });
    const death = dying(effects);
    const life = await liveThrough(make, temporary("killed"), { operator: honest(effects), death });
    expect(life.ends[0]).toBe("killed");
    expect(life.end).toEqual({ type: "ended", status: "succeeded" });
    expect(effects()).toBe(1);
    const asked = life.events.filter(({ type }) => type === "gate.opened");
    // Only a webhook can be asked nothing.
    expect(asked).toHaveLength(kind === "notify.webhook" ? 1 : 0);
  });
});
