/**
 * What loading a runbook from TypeScript costs over the same runbook as plain JavaScript: whole processes, taken in turn,
 * with an empty cache, with a full one, and without runwright's loader. All of them import `runwright/testing`, as a test
 * of the runbook does.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { transformSync } from "esbuild";
import { authorsDirectory, longRunbook } from "./support/author.ts";
import { goal, median } from "./support/figures.ts";

const rounds = 15;
const dir = authorsDirectory();
const cache = path.join(dir, "cache");
const text = readFileSync(longRunbook(dir, 200), "utf8");
writeFileSync(path.join(dir, "plain.mjs"), transformSync(text, { loader: "ts", format: "esm" }).code);
const load = `const runbook = await testing.loadRunbook("./long.ts");`;
const plain = `const { default: runbook } = await import("./plain.mjs");`;
for (const [name, work] of Object.entries({ load, plain })) {
  const last = `if (runbook.steps.length !== 200) throw new Error("It is not whole.");`;
  writeFileSync(
    path.join(dir, `${name}-it.mjs`),
    `import * as testing from "runwright/testing";\n${work}\n${last}\n`,
  );
}

function time(name: string): number {
  const before = performance.now();
  const env = { ...process.env, XDG_CACHE_HOME: cache };
  const { status } = spawnSync(process.execPath, [`${name}-it.mjs`], {
    cwd: dir,
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`${name} ended with ${status}`);
  return performance.now() - before;
}

const [first, cached, floor]: [number[], number[], number[]] = [[], [], []];
for (let round = 0; round < rounds; round += 1) {
  const usual = time("plain");
  floor.push(usual);
  rmSync(cache, { recursive: true, force: true });
  first.push(time("load") - usual);
  cached.push(time("load") - usual);
}
console.log(`as plain JavaScript: ${median(floor).toFixed(0)} ms (median of ${rounds}, 200 steps)`);
goal("first load, ms over plain", median(first), { atMost: 400 });
goal("cached, ms over plain", median(cached), { atMost: 60 });
