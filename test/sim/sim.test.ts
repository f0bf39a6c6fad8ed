import { execFile } from "node:child_process";
import { describe, expect, test } from "vitest";
import { simulateAll } from "./campaign.ts";
import { createDice } from "./dice.ts";
import { randomSketch } from "./random-sketch.ts";
import { simulate } from "./simulate.ts";
import { allNodes, childrenOf } from "./sketch.ts";

interface Ended {
  readonly code: number;
  readonly stdout: string;
}

/** As `npm run test:sim -- ...`. */
function sim(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ["scripts/sim.js", ...args], (_error, stdout) =>
      resolve({ code: child.exitCode ?? -1, stdout }),
    );
  });
}

test("10,000 random lives of random runbooks keep every promise", { timeout: 900_000 }, async () => {
  const { code, stdout } = await sim("--seeds", "10000");
  expect(stdout.split("\n").at(-2)).toMatch(/^seeds 1-10000: \d+ events, .*; 0 broke a promise$/);
  expect(code).toBe(0);
});

test("the same seed gives the same events", async () => {
  for (const seed of [5, 77, 316])
    expect((await simulate(seed)).events).toEqual((await simulate(seed)).events);
});

test("a seed that breaks a promise is printed with the command that shows what happened in it", async () => {
  const { code, stdout } = await sim("--seeds", "20", "--break", "effect before commit");
  expect(code).toBe(1);
  const [, args = ""] = /npm run test:sim -- (.*)/.exec(stdout) ?? [];
  const [, seed = ""] = /--seed (\d+)/.exec(args) ?? [];
  const shown = await sim("--seed", seed, "--break", "effect before commit");
  expect(args).toBe(`--seed ${seed} --break "effect before commit"`);
  expect(shown.stdout).toContain("engine 1 takes the run");
  expect(shown.stdout).toContain(`seed ${seed}: J2 R-ROOT/`);
});

test("random runbooks have every kind of node", () => {
  const sketches = Array.from({ length: 600 }, (_, seed) => randomSketch(createDice(-seed)));
  const nodes = sketches.flatMap((sketch) => [sketch, ...childrenOf(sketch)].flatMap(allNodes));
  const types = ["ask", "branch", "child", "choice", "gate", "manual", "parallel", "step", "wait"];
  expect([...new Set(nodes.map(({ type }) => type))].toSorted()).toEqual(types);
  const ways = ["onCancel", "onFailure", "rescue", "retry", "again", "timeout"] as const;
  for (const way of ways)
    expect(nodes.some((node) => way in node && [node[way as never]].flat().some(Boolean))).toBe(true);
  expect(nodes.some((node) => node.type === "gate" && node.approvals === 2)).toBe(true);
  expect(nodes.some((node) => node.type === "child" && !node.critical)).toBe(true);
});

const sabotages = [
  ["effect before commit", "J2"],
  ["fence ignored", "J5"],
  ["kill loses a turn", "J1|J2|J6"],
  ["key not reused", "J1"],
  ["deaf engine", "J7"],
  ["clean-up given up", "J1"],
  ["branch lost", "J1|J2"],
  ["approval spent twice", "J1|J9"],
  ["one approval for two", "J1|J9|RunbookError:"],
] as const;
describe("an engine that is broken on purpose is found out", () => {
  test.each(sabotages)("%s", async (sabotage, promise) => {
    const { broken } = await simulateAll({ from: 1, seeds: 400, sabotage, enough: 1 });
    expect(broken.map((life) => life.broken)).toEqual([expect.stringMatching(`^(${promise}) `)]);
  });
});
