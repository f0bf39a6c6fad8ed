import type { z } from "zod";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { terraformApply } from "../../src/steps/terraform-apply.ts";
import { terraformForceUnlock } from "../../src/steps/terraform-force-unlock.ts";
import { terraformInit } from "../../src/steps/terraform-init.ts";
import { terraformInspectLock } from "../../src/steps/terraform-inspect-lock.ts";
import { terraformPlan } from "../../src/steps/terraform-plan.ts";
import { terraformTaint } from "../../src/steps/terraform-taint.ts";
import { approvedPlan, planForReview } from "../../src/steps/terraform/review.ts";
import { findTerraform } from "../support/terraform.ts";
import { arnOf, countChanges, incident } from "./incident-world.ts";
import { practice, type Practice } from "./terraform/practice.ts";

const { addresses, firstTargets, tolerated } = incident.terraform;

describe.each(["stand-in", "real"] as const)("the incident with the %s terraform", (kind) => {
  describe.skipIf(kind === "real" && findTerraform() === undefined)("from lock to apply", () => {
    let it: Practice;
    beforeAll(async () => {
      it = await practice(kind, { locked: true });
    });
    afterAll(() => it.world.close());

    test("each step does its part and the unrelated failure is tolerated", { timeout: 600_000 }, async () => {
      const { place } = it;
      const init = await terraformInit.run(place, await it.context());
      expect(init).toMatchObject({
        standIn: kind === "stand-in",
        backend: { type: "s3", location: "s3://hokusai-tfstate/development/terraform.tfstate" },
      });

      const lock = await terraformInspectLock.run({ ...place, settleSeconds: 0 }, await it.context());
      expect(lock).toMatchObject({
        locked: true,
        id: incident.lock.id,
        who: incident.lock.who,
      });
      expect(terraformInspectLock.output.parse(lock)).toEqual(lock);
      const planning = { ...place, targets: [...firstTargets], replace: [], refresh: true };
      if (kind === "real") await refusesLocked(planning, it);

      const unlocked = await terraformForceUnlock.run(
        { ...place, lockId: incident.lock.id },
        await it.context(),
      );
      expect(unlocked).toMatchObject({
        removed: true,
        alreadyGone: false,
        nextHolder: null,
        lock: { id: incident.lock.id },
      });

      const taintInput = { ...place, address: addresses.taskDefinition };
      expect(await terraformTaint.probe(taintInput, await it.context())).toMatchObject({
        verdict: "not done",
      });
      const taint = await terraformTaint.run(taintInput, await it.context());
      expect(taint).toMatchObject({ alreadyTainted: false });
      expect(await terraformTaint.probe(taintInput, await it.context())).toMatchObject({ verdict: "done" });

      const ctx = await it.context();
      const plan = await terraformPlan.run(planning, ctx);
      expect(terraformPlan.output.parse(plan)).toEqual(plan);
      expect(plan).toMatchObject({
        serial: taint.serial,
        lineage: taint.lineage,
        complete: false,
        applyable: true,
        add: 2,
        remove: 1,
        replacements: [addresses.taskDefinition],
        destroys: [],
        drift: [],
      });
      expect(plan.changes.find(({ address }) => address === addresses.taskDefinition)?.secrets).toEqual({
        before: ["DATABASE_URL", "REDIS_HOST", "REDIS_PORT"],
        after: ["DATABASE_URL", "HUGGINGFACE_API_KEY", "REDIS_HOST", "REDIS_PORT"],
      });
      expect(planForReview(plan)).toMatchObject({
        summary: "1 to replace, 1 to add",
        subject: { plan: plan.sha256 },
      });

      const input = terraformApply.input.parse({
        ...place,
        ...approvedPlan(plan),
        tolerate: tolerated,
      });
      const applying = await it.context();
      const applied = await terraformApply.run(input, applying);
      expect(terraformApply.output.parse(applied)).toEqual(applied);
      expect(Object.fromEntries(applied.resources.map(({ address, outcome }) => [address, outcome]))).toEqual(
        {
          [addresses.taskDefinition]: "applied",
          [addresses.featureFlags]: "failed",
        },
      );
      expect(applied).toMatchObject({ exitCode: 1, tolerated: [addresses.featureFlags] });
      expect(applied.confirmations).toContainEqual({
        address: addresses.taskDefinition,
        by: "aws",
        verdict: "confirmed",
        detail: `ECS says that ${arnOf(151)} is ACTIVE.`,
      });
      expect(applied.serial).toBeGreaterThan(plan.serial);
      expect(countChanges(it.world, "ecs:RegisterTaskDefinition")).toBe(1);
      expect(await terraformApply.probe(input, applying)).toMatchObject({
        verdict: "done",
        output: { tolerated: [addresses.featureFlags], exitCode: 1 },
      });
      await expect(terraformApply.run(input, await it.context())).rejects.toMatchObject({
        code: "TERRAFORM_PLAN_STALE",
      });

      const second = await terraformPlan.run(
        { ...planning, targets: [addresses.redisRule] },
        await it.context(),
      );
      const again = terraformApply.input.parse({ ...place, ...approvedPlan(second) });
      const rule = await terraformApply.run(again, await it.context());
      expect(rule).toMatchObject({ exitCode: 0, tolerated: [] });
      expect(rule.confirmations.map(({ by, verdict }) => `${by} ${verdict}`)).toEqual([
        "state confirmed",
        "aws confirmed",
      ]);
    });
  });
});

/** Only the real one: it waits for the lock for ten seconds. */
async function refusesLocked(planning: z.output<typeof terraformPlan.input>, it: Practice): Promise<void> {
  await expect(terraformPlan.run(planning, await it.context())).rejects.toMatchObject({
    code: "TERRAFORM_LOCKED",
    data: { lock: { id: incident.lock.id, who: incident.lock.who } },
  });
}
