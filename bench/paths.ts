// What a test waits for: every path of both incident runbooks, walked for the first time in a process, as one that tests does.
import missingSecret from "../runbooks/missing-secret.ts";
import { redisSg } from "../runbooks/redis-sg.ts";
import { everyPath, simulate } from "../src/testing/index.ts";
import { redisFakes, redisInput, secretFakes, secretInput } from "../test/runbooks/incident-fakes.ts";
import { goal, median } from "./support/figures.ts";

const answers = { approveUnlock: "approve", approvePlan: "approve" };

/** Of the processor: what else the machine does makes no path longer. */
async function seconds(work: () => Promise<unknown>): Promise<number> {
  const from = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1_000_000;
}

let count = 0;
async function walk(): Promise<void> {
  const secret = await everyPath(missingSecret, { input: secretInput, steps: secretFakes });
  const redis = await everyPath(redisSg, { input: redisInput, steps: redisFakes });
  count = secret.paths.length + redis.paths.length;
}

const first = await seconds(walk);
const runs: number[] = [];
for (let run = 0; run < 20; run += 1) {
  runs.push(
    await seconds(() => simulate(missingSecret, { input: secretInput, steps: secretFakes, answers })),
  );
}
console.log(`${count} paths, ${(first / median(runs)).toFixed(0)} times as long as one simulated run`);
goal("every path, seconds", first, { atMost: 5 });
