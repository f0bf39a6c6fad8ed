import { expect, test } from "vitest";
import { isThorough } from "./support/chaos.ts";
import { effectsOf, isUnlocked, wholeRun } from "./support/ledger.ts";
import { openPlace } from "./support/place.ts";
import { endOf, inPlace } from "./support/steps.ts";

test("lost answers, throttling and errors of AWS double nothing, and the run completes", async () => {
  await inPlace(await openPlace(), async (place) => {
    await place.fault({ operation: "ecs:UpdateService", kind: "drop-after-effect" });
    await place.fault({ operation: "ecs:UpdateService", kind: "throttle", times: 2 });
    await place.fault({ operation: "ecs:DescribeServices", kind: "throttle" });
    await place.fault({
      operation: "logs:FilterLogEvents",
      kind: "error",
      code: "InternalFailure",
      status: 500,
    });
    // A silence costs the whole time limit of a call.
    if (isThorough) await place.fault({ operation: "ecs:UpdateService", kind: "hang" });
    const { code } = await place.start(place.words).ended;
    expect(code).toBe(0);
    const ledger = await place.ledger();
    expect(effectsOf(ledger)).toEqual(wholeRun);
    expect(isUnlocked(ledger)).toBe(true);
  });
}, 180_000);

/*
 * Terraform's provider sends a call again whose answer it did not get, before it tells anybody: no engine can keep it
 * from making a second revision. What can be asked is that the run ends, and as succeeded only when it is mended.
 */
test.runIf(isThorough).each(["ecs:RegisterTaskDefinition", "ec2:AuthorizeSecurityGroupIngress"])(
  "when terraform never hears that %s took effect, the run ends with one answer",
  async (operation) => {
    await inPlace(await openPlace(), async (place) => {
      await place.fault({ operation, kind: "drop-after-effect" });
      const { code } = await place.start(place.words).ended;
      const ledger = await place.ledger();
      const count = ledger.filter((entry) => entry.operation === operation).length;
      process.stderr.write(`\n${operation} dropped: exit ${code}, ${endOf(place)}, made ${count} times\n`);
      expect(count).toBe(operation === "ecs:RegisterTaskDefinition" ? 2 : 1);
      expect(endOf(place)).toBe(code === 0 ? "run.succeeded" : "run.cancelled");
      expect(isUnlocked(ledger)).toBe(true);
    });
  },
  180_000,
);
