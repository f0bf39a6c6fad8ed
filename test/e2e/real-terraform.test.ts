/** The same promises on the real terraform and the real AWS command line, where this machine has them. */
import { execFile, execFileSync } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { findTerraform, saySkipped } from "../support/terraform.ts";
import { chain, tell } from "./support/chain.ts";
import { seed } from "./support/chaos.ts";
import { effectsOf, isUnlocked, wholeRun } from "./support/ledger.ts";
import { openPlace, type Place } from "./support/place.ts";
import { endOf, inPlace } from "./support/steps.ts";

const real = findTerraform();
const run = promisify(execFile);

describe.skipIf(real === undefined)("with the real terraform", () => {
  test("a person's own `terraform plan` works, and the incident is mended although the engine is killed in both applies", async () => {
    await inPlace(await openReal(), async (place) => {
      await expectOwnPlan(place);
      const only = "step.started:(apply|taint)";
      const settings = { signals: ["SIGKILL"], when: "during", seed, delay: 6_000, only } as const;
      const chained = await chain(place, settings);
      await tell(`real terraform, killed while it applies (seed ${seed})`, place, chained);
      expect(chained.places.filter((name) => name.includes("step.started:apply"))).toHaveLength(2);
      expect(endOf(place)).toBe("run.succeeded");
      const [started] = place.events();
      expect(JSON.stringify(started)).toContain('"standIn":false');
      expect(started?.data).toMatchObject({ tools: { terraform: { standIn: false } } });
      const ledger = await place.ledger();
      expect(effectsOf(ledger)).toEqual(wholeRun);
      expect(isUnlocked(ledger)).toBe(true);
    });
  }, 600_000);
});

describe.skipIf(!hasAws())("with the AWS command line", () => {
  test("a person's own `aws ecs describe-services` works against a served world", async () => {
    await inPlace(await openPlace(), async (place) => {
      const names = ["--cluster", "hokusai-development", "--services", "hokusai-api-development"];
      const words = ["ecs", "describe-services", ...names, "--output", "json"];
      const { stdout } = await run("aws", [...words, "--endpoint-url", place.url], { env: place.env });
      const { services } = JSON.parse(stdout) as {
        readonly services: readonly { readonly status: string }[];
      };
      expect(services).toMatchObject([{ status: "ACTIVE" }]);
    });
  }, 60_000);
});

beforeAll(() => {
  if (real === undefined) saySkipped("the incident on the real terraform");
  if (!hasAws())
    process.stderr.write("\nSKIPPED: `aws` against a served world: it is not on this machine.\n\n");
});

function openReal(): Promise<Place> {
  return openPlace({ terraform: "real", speed: 60, env: real?.env ?? {} });
}

async function expectOwnPlan(place: Place): Promise<void> {
  const cwd = path.resolve(place.dir, directoryOf(place));
  const env = { ...place.env };
  const terraform = async (...words: readonly string[]): Promise<string> =>
    (await run(real?.file ?? "", [...words], { cwd, env })).stdout;
  expect(await terraform("init", "-input=false", "-no-color")).toContain("successfully initialized");
  expect(await terraform("plan", "-input=false", "-no-color", "-lock=false")).toContain("Plan:");
}

/** The directory of the configuration, as the run is told it. */
function directoryOf({ words }: Place): string {
  return words.find((word) => word.startsWith("dir="))?.slice("dir=".length) ?? "";
}

function hasAws(): boolean {
  try {
    execFileSync("aws", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
