import { expect, test } from "vitest";
import { effectsOf, isUnlocked } from "./support/ledger.ts";
import { openPlace } from "./support/place.ts";
import { command, endOf, eventually, inPlace, openGates, rootId, seen } from "./support/steps.ts";

test("a run that ECS rolled back and that a person then gives up has failed, whoever asks", async () => {
  await inPlace(await openPlace(), async (place) => {
    const engine = place.start([...place.words.filter((word) => word !== "--auto"), "--wait"]);
    const answers = { approveUnlock: "approve", approvePlan: "approve", decide: "decide" } as const;
    for (const [gate, verb] of Object.entries(answers)) {
      await eventually(place, engine, "gate.opened", (opened) => opened.gate === gate);
      const { digest } = await seen(() => openGates(place).find((open) => open.gate === gate));
      const choice = verb === "decide" ? ["stop"] : [];
      const words = [verb, rootId(place), gate, ...choice, "--sha", digest.slice(0, 8), "--reason", "test"];
      expect(await command(place, ...words)).toMatchObject({ code: 0 });
    }
    const { code } = await engine.ended;
    expect([1, 3]).toContain(code);
    expect(endOf(place)).toBe("run.failed");
    const status = await command(place, "status", rootId(place), "--json");
    expect(status.out).toContain('"failed"');
    expect(effectsOf(await place.ledger())).toMatchObject({
      "ecs:UpdateService hokusai-api-development": 1,
    });
    expect(isUnlocked(await place.ledger())).toBe(true);
  });
}, 180_000);
