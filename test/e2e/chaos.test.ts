/** Random `kill -9` of engines over practice runs with real child processes: `npm run test:chaos`. */
import { afterAll, describe, expect, test } from "vitest";
import { randomFrom } from "../redact/random.ts";
import { findTerraform, saySkipped } from "../support/terraform.ts";
import { isThorough, seed } from "./support/chaos.ts";
import { add, killThrough, nothing, type Quota, type Toll } from "./support/kills.ts";
import { compare, effectsOf } from "./support/ledger.ts";
import { openPlace, type Place, type Settings } from "./support/place.ts";
import { eventually } from "./support/steps.ts";

interface Chaos {
  readonly kills: number;
  /** Runs at the same time. */
  readonly lanes: number;
  readonly latest: number;
  readonly settings: Settings;
}

const told: string[] = [];
afterAll(() => {
  if (told.length > 0) process.stderr.write(`\nchaos, seed ${seed}: ${told.join("; ")}\n`);
});

describe.runIf(isThorough)("killed at random moments", () => {
  test("every run completes, with every effect once and every terraform adopted", async () => {
    const toll = await unleash({ kills: 200, lanes: 2, latest: 9_000, settings: { delay: 400 } });
    tell("stand-in", toll);
    expectNoHarm(toll, 200);
    expect(toll.running).toBeGreaterThan(20);
  }, 1_800_000);

  test("the same ledger shows what is doubled when a run that was killed begins anew without its record", async () => {
    const doubled = await inNewPlace({}, async (place) => {
      const engine = place.start(place.words);
      // Before ECS has rolled it back, the new release looks as if nothing were left to do.
      await eventually(place, engine, "step.succeeded", ({ step }) => step === "rollout");
      engine.child.kill("SIGKILL");
      await place.start([...place.words, "--db", "forgotten.db"]).ended;
      return compare(effectsOf(await place.ledger())).doubled;
    });
    told.push(`control: ${doubled} effects doubled`);
    expect(doubled).toBeGreaterThan(0);
  }, 300_000);

  const real = findTerraform();
  if (real === undefined) saySkipped("random kills over the real terraform");
  test.runIf(real !== undefined)(
    "the same with the real terraform",
    async () => {
      const settings = { terraform: "real", speed: 60, env: real?.env ?? {} } as const;
      const toll = await unleash({ kills: 20, lanes: 1, latest: 30_000, settings });
      tell("real terraform", toll);
      expectNoHarm(toll, 20);
      expect(toll.running).toBeGreaterThan(3);
    },
    1_800_000,
  );
});

/** Runs one practice incident after the other until all kills are done and all runs have ended. */
async function unleash({ kills, lanes, latest, settings }: Chaos): Promise<Toll> {
  const quota: Quota = { left: kills };
  let run = 0;
  const lane = async (): Promise<Toll> => {
    let toll = nothing;
    while (quota.left > 0) {
      run += 1;
      const random = randomFrom(seed * 1_000 + run);
      toll = add(toll, await inNewPlace(settings, (place) => killThrough(place, quota, { random, latest })));
    }
    return toll;
  };
  return (await Promise.all(Array.from({ length: lanes }, lane))).reduce(add);
}

async function inNewPlace<T>(settings: Settings, work: (place: Place) => Promise<T>): Promise<T> {
  const place = await openPlace(settings);
  try {
    return await work(place);
  } finally {
    await place.close();
  }
}

function expectNoHarm({ kills, runs, running, adopted, ...harm }: Toll, wanted: number): void {
  expect(harm).toEqual({ doubled: 0, missing: 0, locked: 0, stuck: 0 });
  expect({ kills, adopted }).toEqual({ kills: wanted, adopted: running });
  expect(runs).toBeGreaterThan(0);
}

function tell(what: string, { kills, runs, running, adopted, doubled, missing, locked, stuck }: Toll): void {
  told.push(
    `${what}: ${kills} kills in ${runs} runs, ${doubled} effects doubled, ${missing} missing, ${locked} locks left, ` +
      `${stuck} runs stuck, terraform adopted ${adopted} times of ${running}`,
  );
}
