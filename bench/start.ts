/**
 * What `status` costs beside Node itself: whole processes, taken in turn, medians of wall time. It is the command that
 * people and scripts repeat, so it may cost at most 1.3 times `node -e 0`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { goal, median } from "./support/figures.ts";
import { practise } from "./support/practise.ts";

const rounds = 41;
const dir = mkdtempSync(path.join(tmpdir(), "runwright-bench-"));
const { program, env } = practise(dir);

function time(args: readonly string[]): number {
  const before = performance.now();
  const { status } = spawnSync(process.execPath, args, {
    cwd: dir,
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}`);
  return performance.now() - before;
}

const ratios: number[] = [];
const floor: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  const node = time(["-e", "0"]);
  floor.push(node);
  ratios.push(time([program, "status"]) / node);
}
console.log(`node -e 0: ${median(floor).toFixed(0)} ms (median of ${rounds})`);
goal("status / node -e 0", median(ratios), { atMost: 1.3 });
