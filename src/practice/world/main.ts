#!/usr/bin/env node
/** Serves a seeded practice world until it is told to stop, or nobody asks it anything for a long while. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { seedWorld } from "./seed.ts";
import { startWorld } from "./server.ts";
import { incidentTroubles, troubles } from "./troubles.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    speed: { type: "string", default: "60" },
    /** What is wrong in it; see troubles.ts. */
    wrong: { type: "string", default: incidentTroubles.join() },
    /** Where `world.json` with the URL and the process id is left for others to find. */
    dir: { type: "string" },
    "idle-minutes": { type: "string", default: "60" },
  },
});

const named = values.wrong.split(",");
const wrong = troubles.filter((trouble) => named.includes(trouble));
let lastRequest = Date.now();
const running = await startWorld({
  port: readNumber("port", values.port),
  speed: readNumber("speed", values.speed),
  seed: (parts) => seedWorld(parts, wrong),
  onRequest: () => {
    lastRequest = Date.now();
  },
  onShutdown: () => process.exit(0),
});

const idleMilliseconds = readNumber("idle-minutes", values["idle-minutes"]) * 60_000;
setInterval(
  () => {
    if (Date.now() - lastRequest >= idleMilliseconds) void stop();
  },
  Math.max(100, Math.min(idleMilliseconds / 4, 60_000)),
).unref();
process.on("SIGTERM", () => void stop());
process.on("SIGINT", () => void stop());

if (values.dir !== undefined) {
  mkdirSync(values.dir, { recursive: true, mode: 0o700 });
  const facts = JSON.stringify({ url: running.url, pid: process.pid });
  writeFileSync(join(values.dir, "world.json"), `${facts}\n`, { mode: 0o600 });
}
process.stdout.write(`${JSON.stringify({ url: running.url })}\n`);

async function stop(): Promise<void> {
  await running.close();
  process.exit(0);
}

function readNumber(name: string, value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number < 0 || value === "") {
    process.stderr.write(`--${name} must be a number, not \`${value}\`.
`);
    process.exit(2);
  }
  return number;
}
