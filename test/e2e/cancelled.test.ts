import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { effectsOf, isUnlocked } from "./support/ledger.ts";
import { openPlace, type Place } from "./support/place.ts";
import { command, endOf, eventually, inPlace, rootId, seen } from "./support/steps.ts";

test("a cancel from another terminal interrupts terraform once, and nothing is lost or left locked", async () => {
  await inPlace(await openPlace({ delay: 1_500 }), async (place) => {
    const engine = place.start(place.words);
    await eventually(place, engine, "plan.used");
    await seen(() => (rawOutput(place).includes("apply_start") ? true : undefined));
    const cancel = await command(place, "cancel", rootId(place), "--reason", "wrong window");
    expect(cancel).toMatchObject({ code: 0 });
    expect((await engine.ended).code).toBe(1);
    expect(endOf(place)).toBe("run.cancelled");
    const stream = rawOutput(place) + (await command(place, "logs", rootId(place), "apply")).out;
    expect(stream).not.toContain("Two interrupts received");
    const ledger = await place.ledger();
    expect(isUnlocked(ledger)).toBe(true);
    expect(Object.values(effectsOf(ledger)).every((count) => count <= 2)).toBe(true);
    const apply = place.events().filter(({ data }) => "step" in data && data.step === "apply");
    expect(apply.at(-1)?.type).toMatch(/^step\.(cancelled|failed|succeeded)$/);
    expect(ledger.some(({ operation }) => operation === "ecs:UpdateService")).toBe(false);
  });
}, 180_000);

/** What terraform has printed so far, in the files that it writes itself. */
function rawOutput({ dir }: Place): string {
  const files = readdirSync(dir, { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => /\/apply[^/]*\/stdout$/.test(file))
    .map((file) => readFileSync(path.join(dir, file), "utf8"))
    .join("");
}
