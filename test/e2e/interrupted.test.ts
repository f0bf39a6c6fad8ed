import { expect, test } from "vitest";
import { chain, tell } from "./support/chain.ts";
import { effectsOf, isUnlocked, wholeRun } from "./support/ledger.ts";
import { openPlace, type Place } from "./support/place.ts";
import { inPlace } from "./support/steps.ts";

const seed = Number(process.env["RUNWRIGHT_SEED"] ?? Date.now() % 10_000);
const writes = "step.started:(unlock|taint|apply|deploy|redeploy|notify)";

async function expectWhole(place: Place): Promise<void> {
  const ledger = await place.ledger();
  expect(effectsOf(ledger)).toEqual(wholeRun);
  expect(isUnlocked(ledger)).toBe(true);
}

test("every effect happens once when the engine is killed around each commit of the run", async () => {
  await inPlace(await openPlace(), async (place) => {
    const chained = await chain(place, { signals: ["SIGKILL"], when: "either", seed });
    await tell(`killed around every commit (seed ${seed})`, place, chained);
    expect(chained.end).toBe("run.succeeded");
    expect(chained.places.length).toBeGreaterThan(60);
    await expectWhole(place);
  });
}, 300_000);

test("every effect happens once when the engine is stopped or killed while each write is under way", async () => {
  await inPlace(await openPlace({ delay: 50 }), async (place) => {
    const signals = ["SIGINT", "SIGTERM", "SIGKILL"] as const;
    const chained = await chain(place, { signals, when: "during", seed, delay: 1_000, only: writes });
    await tell(`stopped during every write (seed ${seed})`, place, chained);
    expect(chained.end).toBe("run.succeeded");
    for (const { code, signal, out, err } of chained.engines.slice(0, -1)) {
      if (signal === "SIGKILL") continue;
      expect([130, 143]).toContain(code);
      expect(out + err).toContain("Saved. resume with: runwright resume R-");
    }
    await expectWhole(place);
  });
}, 300_000);
