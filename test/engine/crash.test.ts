import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Decision } from "../../src/engine/decide.ts";
import type { Gate } from "../../src/model/event.ts";
import { allEffects, createWorld, everything, type World } from "../support/external-world.ts";
import { liveThrough, shapeOf, type Death, type Life } from "../support/mortal.ts";

const temporary = (): string => mkdtempSync(path.join(tmpdir(), "runwright-crash-"));

/** An operator who looks at the world before saying what became of a step. */
function honest(world: World): (gate: Gate) => Decision {
  return ({ kind, step }) => {
    if (kind === "approval") return { type: "approve", reason: "looks right" };
    return world.has(step)
      ? { type: "choose", choice: "done", reason: "I have seen it", output: { name: step } }
      : { type: "choose", choice: "again", reason: "it is not there" };
  };
}

async function live(death: Death | null): Promise<{ readonly life: Life; readonly world: World }> {
  const dir = temporary();
  const world = createWorld(dir);
  return { world, life: await liveThrough(() => everything(world), dir, { operator: honest(world), death }) };
}

/** Turns and effects of `everything` without a crash; a test holds them to be so. */
const turns = 13;
const effects = 8;

describe("a run that is killed and resumed", () => {
  let shape: readonly string[] = [];
  beforeAll(async () => {
    const { life, world } = await live(null);
    shape = shapeOf(life.events);
    expect(world.effects()).toEqual(allEffects);
    expect(life.end).toEqual({ type: "ended", status: "succeeded" });
  });

  const deaths = [
    ...Array.from({ length: turns }, (_, turn) => ({ when: "before", nth: turn + 1 }) as const),
    ...Array.from({ length: turns }, (_, turn) => ({ when: "after", nth: turn + 1 }) as const),
    ...Array.from({ length: effects }, (_, effect) => ({ when: "effect", nth: effect + 1 }) as const),
  ];
  test.concurrent.each(deaths)("$when $nth has every effect once and the same timeline", async (death) => {
    const { life, world } = await live(death);
    expect(life.ends).toContain("killed");
    expect(life.end).toEqual({ type: "ended", status: "succeeded" });
    expect(world.effects()).toEqual(allEffects);
    expect(shapeOf(life.events)).toEqual(shape);
  });

  test("has no turn or effect beyond those that were killed", async () => {
    for (const death of [
      { when: "after", nth: turns + 1 },
      { when: "effect", nth: effects + 1 },
    ] as const) {
      const { life } = await live(death);
      expect(life.ends).not.toContain("killed");
    }
  });
});
