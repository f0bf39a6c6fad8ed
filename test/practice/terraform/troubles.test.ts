/** What terraform finds in worlds with other troubles than the incident's: nothing but these. */
import { expect, test } from "vitest";
import { incident } from "../../../src/practice/world/seed.ts";
import type { Trouble } from "../../../src/practice/world/troubles.ts";
import { findTerraform, saySkipped } from "../../support/terraform.ts";
import { bench, messages } from "./bench.ts";

const { redisRule, featureFlags } = incident.terraform.addresses;
const real = findTerraform();
if (real === undefined) saySkipped("what the real terraform plans in worlds with other troubles");

const worlds: readonly (readonly [readonly Trouble[], readonly string[]])[] = [
  [[], []],
  // The lifecycle of the task definition ignores its containers: that is why the runbook taints it.
  [["secret-missing"], []],
  [["redis-closed"], [`${redisRule}: Plan to create`]],
  // The saved state does not know the rule that is there.
  [["state-unsaved"], [`${redisRule}: Plan to create`]],
];

test.each(worlds)("with %j, terraform plans %j", { timeout: 120_000 }, async (wrong, planned) => {
  for (const terraform of [{}, ...(real === undefined ? [] : [{ real }])]) {
    const it = await bench({ wrong, ...terraform });
    try {
      await it.run(["init", "-json", "-input=false"]);
      const plan = await it.run(["plan", "-json", "-input=false"]);
      const parameter = `${featureFlags}: Plan to create`;
      expect(messages(plan, "planned_change").toSorted()).toEqual([...planned, parameter].toSorted());
      // Only an unsaved state differs from the world.
      if (!wrong.includes("state-unsaved")) expect(messages(plan, "resource_drift")).toEqual([]);
    } finally {
      await it.world.close();
    }
  }
});
