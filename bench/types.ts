/**
 * What an author of a long runbook waits for: plain `tsc --strict`, which also checks the declarations that runwright and
 * zod bring, beside the same on an empty file; and `runwright check`. Whole processes, taken in turn, medians.
 */
import { spawnSync } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { authorsDirectory, longRunbook } from "./support/author.ts";
import { goal, median } from "./support/figures.ts";

const rounds = 7;
const dir = authorsDirectory();
longRunbook(dir, 200);
writeFileSync(path.join(dir, "empty.ts"), "export const nothing = 0;\n");
symlinkSync(path.resolve("node_modules/typescript"), path.join(dir, "node_modules", "typescript"));
const compiler = path.join("node_modules", "typescript", "bin", "tsc");

function time(args: readonly string[]): number {
  const before = performance.now();
  const env = { ...process.env, XDG_CACHE_HOME: path.join(dir, "cache") };
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: dir, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}: ${stdout}`);
  return (performance.now() - before) / 1000;
}

const compile = (file: string): number => time([compiler, "--noEmit", "--strict", file]);
const [empty, long, checked]: [number[], number[], number[]] = [[], [], []];
for (let round = 0; round < rounds; round += 1) {
  empty.push(compile("empty.ts"));
  long.push(compile("long.ts"));
  checked.push(time([path.resolve("dist/cli/runwright.cjs"), "check", "long.ts"]));
}
const ratio = median(long) / median(empty);
console.log(
  `tsc on an empty file: ${median(empty).toFixed(2)} s; a runbook of 200 steps takes ${ratio.toFixed(1)} times that`,
);
goal("tsc, 200 steps, s", median(long), { atMost: 5 });
goal("check, 200 steps, s", median(checked), { atMost: 2 });
