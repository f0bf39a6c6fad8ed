import { describe, expect, test } from "vitest";
import { chain, interruptOnce, tell } from "./support/chain.ts";
import { isThorough, seed, sweep } from "./support/chaos.ts";
import { effectsOf, isUnlocked, wholeRun } from "./support/ledger.ts";
import { openPlace, type Place } from "./support/place.ts";
import { inPlace } from "./support/steps.ts";

const sides = isThorough ? (["before", "after"] as const) : (["either"] as const);
const writes = "step.started:(unlock|taint|apply|deploy|redeploy|notify)";
/** Every commit; to save time not the ones that only say that a read runs again, and of the other reads one in three. */
const commits = isThorough
  ? {}
  : {
      only: "^(?!.*step[.]reconciled:[^ ]+ [^ ]*step[.]started)",
      always: `${writes}|step.succeeded:(unlock|taint|apply|deploy|redeploy|notify)|child.(started|ended)`,
      oneIn: 3,
    };

async function expectWhole(place: Place): Promise<void> {
  const ledger = await place.ledger();
  expect(effectsOf(ledger)).toEqual(wholeRun);
  expect(isUnlocked(ledger)).toBe(true);
}

test.each(sides)(
  "every effect happens once when the engine is killed at each commit of the run (%s side of it)",
  async (when) => {
    await inPlace(await openPlace(), async (place) => {
      const chained = await chain(place, { signals: ["SIGKILL"], when, seed, ...commits });
      await tell(`killed ${when} each commit (seed ${seed})`, place, chained);
      expect(chained.end).toBe("run.succeeded");
      expect(chained.places.length).toBeGreaterThan(isThorough ? 60 : 20);
      await expectWhole(place);
    });
  },
  600_000,
);

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
}, 600_000);

describe.runIf(sweep !== null)("killed once", () => {
  const [from, to] = [Number(sweep?.[1] ?? "1"), Number(sweep?.[2] ?? "60")];
  const turns = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const cases = turns.flatMap((at) => (["before", "after"] as const).map((when) => ({ at, when })));

  test.each(cases)(
    "$when the commit of turn $at, the run completes with every effect once",
    async ({ at, when }) => {
      await inPlace(await openPlace(), async (place) => {
        const chained = await interruptOnce(place, { signals: ["SIGKILL"], when, at });
        await tell(`killed ${when} turn ${at}: ${chained.places.join()}`, place, chained);
        expect(chained.end).toBe("run.succeeded");
        await expectWhole(place);
      });
    },
    180_000,
  );
});
