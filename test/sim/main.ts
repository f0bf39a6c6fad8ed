// `npm run test:sim -- [--seeds N] [--from S] [--seed S]`: many seeds, or one with all that happens in it.
import { parseArgs } from "node:util";
import { simulateAll } from "./campaign.ts";
import { sabotages } from "./scene.ts";
import { simulate } from "./simulate.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string", default: "10000" },
    from: { type: "string", default: "1" },
    break: { type: "string" },
    restore: { type: "boolean", default: false },
  },
});
const sabotage = sabotages.find((name) => name === values.break);
const broken = sabotage === undefined ? {} : { sabotage };
const { restore } = values;
const breaking = sabotage === undefined ? "" : ` --break "${sabotage}"`;

if (values.seed === undefined) {
  // What most seeds throw is an answer, not a mistake; a stack of each would cost more than the rest.
  Error.stackTraceLimit = 0;
  const [from, seeds] = [Number(values.from), Number(values.seeds)];
  const result = await simulateAll({ from, seeds, restore, ...broken });
  for (const { seed, broken: what } of result.broken)
    console.log(`seed ${seed}: ${what}\n  see it: npm run test:sim -- --seed ${seed}${breaking}`);
  console.log(result.line);
  process.exitCode = result.broken.length > 0 ? 1 : 0;
} else {
  const life = await simulate(Number(values.seed), { note: console.log, restore, ...broken });
  console.log(`seed ${life.seed}: ${life.broken ?? `${life.events.length} events, every promise kept`}`);
  process.exitCode = life.broken === null ? 0 : 1;
}
