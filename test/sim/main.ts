import { simulate } from "./simulate.ts";
Error.stackTraceLimit = 0;

const from = Number(process.argv[2] ?? 1);
const count = Number(process.argv[3] ?? 100);
const began = process.cpuUsage();
const totals: Record<string, number> = {};
let bad = 0;
let events = 0;
for (let seed = from; seed < from + count; seed += 1) {
  const life = await simulate(seed, count === 1 ? { note: console.log } : {});
  events += life.events.length;
  for (const [k, v] of Object.entries(life.counts)) totals[k] = (totals[k] ?? 0) + v;
  if (life.broken !== null) {
    bad += 1;
    if (bad < 8) console.log(seed, life.broken.split("\n").slice(0, 4).join("\n"));
  }
}
console.log({ count, bad, events, ms: Object.values(process.cpuUsage(began)).reduce((a, b) => a + b) / 1e3 / count, ...totals });
