/** The stand-in and the real terraform on the same incident: they must plan the same and leave the same world. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../../../src/practice/terraform/config/config.ts";
import { agrees, resolve } from "../../../src/practice/terraform/config/values.ts";
import { incident } from "../../../src/practice/world/seed.ts";
import { findTerraform, saySkipped } from "../../support/terraform.ts";
import { bench, messages, type Bench } from "./bench.ts";

const { addresses, firstTargets, secondTargets } = incident.terraform;
const real = findTerraform();
if (real === undefined) saySkipped("the comparison of the stand-in with the real terraform");

interface PlanJson {
  readonly planned_values: { readonly root_module: { readonly resources: readonly Planned[] } };
  readonly resource_changes: readonly {
    readonly address: string;
    readonly action_reason?: string;
    readonly change: { readonly actions: readonly string[] };
  }[];
  readonly resource_drift?: readonly unknown[];
}

interface Planned {
  readonly address: string;
  readonly values: Readonly<Record<string, unknown>>;
}

describe.skipIf(real === undefined)("the real terraform on the seeded world", () => {
  let theirs: Bench;
  let ours: Bench;
  beforeAll(async () => {
    if (real === undefined) return;
    theirs = await bench({ locked: true, real });
    ours = await bench({ locked: true });
    await both((one) => one.run(["init", "-json", "-input=false"]));
  });
  afterAll(async () => {
    await theirs.world.close();
    await ours.world.close();
  });

  test("finds the same stale lock", { timeout: 120_000 }, async () => {
    const texts = await both(async (one) => {
      const plan = await one.run(["plan", "-json", "-input=false"]);
      expect(plan.code).toBe(1);
      const unlock = await one.run(["force-unlock", "-force", incident.lock.id]);
      expect(unlock.code).toBe(0);
      return /Lock Info:[\s\S]*Version/.exec(JSON.stringify(plan.lines))?.[0];
    });
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).toContain(incident.lock.id);
  });

  test("sees no drift, and what it plans agrees with stand-in.json", { timeout: 120_000 }, async () => {
    const plan = await theirs.run(["plan", "-json", "-input=false", "-out=plain", "-detailed-exitcode"]);
    expect(plan.code).toBe(2);
    expect(messages(plan, "planned_change", "resource_drift").toSorted()).toEqual(
      [`${addresses.redisRule}: Plan to create`, `${addresses.featureFlags}: Plan to create`].toSorted(),
    );
    const asked = await theirs.run([
      "plan",
      "-json",
      "-input=false",
      "-out=asked",
      `-replace=${addresses.taskDefinition}`,
    ]);
    expect(asked.code).toBe(0);
    const shown = JSON.parse((await theirs.run(["show", "-json", "asked"])).out) as PlanJson;
    const planned = new Map(
      shown.planned_values.root_module.resources.map(({ address, values }) => [address, values]),
    );
    const config = readConfig("practice/terraform");
    expect([...planned.keys()].toSorted()).toEqual(config.resources.map(({ address }) => address).toSorted());
    const differing = config.resources.flatMap(({ address, values, ignore_changes }) =>
      Object.entries(values)
        // The replaced task definition shows what the configuration says; elsewhere ignored attributes show the state's.
        .filter(([name]) => address === addresses.taskDefinition || !ignore_changes.includes(name))
        .filter(([name, template]) => {
          const value = resolve(template, (other, attribute) => planned.get(other)?.[attribute]);
          return !agrees(value, planned.get(address)?.[name]);
        })
        .map(([name]) => `${address}.${name}`),
    );
    expect(differing).toEqual([]);
  });

  test("goes the way of the incident as the stand-in does, call by call", { timeout: 180_000 }, async () => {
    const ends = await both(async (one) => {
      const from = one.operations().length;
      await one.run(["taint", addresses.taskDefinition]);
      await one.run([
        "plan",
        "-json",
        "-input=false",
        "-out=first",
        ...firstTargets.map((address) => `-target=${address}`),
      ]);
      const shown = JSON.parse((await one.run(["show", "-json", "first"])).out) as PlanJson;
      const first = await one.run(["apply", "-json", "-input=false", "first"]);
      await one.run([
        "plan",
        "-json",
        "-input=false",
        "-out=second",
        ...secondTargets.map((address) => `-target=${address}`),
      ]);
      const second = await one.run(["apply", "-json", "-input=false", "second"]);
      return {
        codes: [first.code, second.code],
        changes: shown.resource_changes
          .map(({ address, change, action_reason }) =>
            [address, ...change.actions, action_reason ?? ""].join(" "),
          )
          .toSorted(),
        done: messages(first, "apply_complete", "apply_errored").toSorted(),
        applied: messages(second, "apply_complete", "change_summary"),
        operations: one.operations().slice(from),
      };
    });
    expect(ends[1]).toEqual(ends[0]);
    expect(ends[0].codes).toEqual([1, 0]);
  });

  test(
    "reads the state that the stand-in wrote and wants nothing more than the stand-in does",
    { timeout: 120_000 },
    async () => {
      if (real === undefined) return;
      const mixed = await theirs.run(["init", "-json", "-input=false", "-reconfigure"], {
        AWS_ENDPOINT_URL: ours.world.url,
      });
      expect(mixed.code).toBe(0);
      const plan = await theirs.run(["plan", "-json", "-input=false"], { AWS_ENDPOINT_URL: ours.world.url });
      expect(messages(plan, "planned_change")).toEqual([`${addresses.featureFlags}: Plan to create`]);
    },
  );

  async function both<T>(act: (one: Bench) => Promise<T>): Promise<readonly [T, T]> {
    return [await act(theirs), await act(ours)];
  }
});
