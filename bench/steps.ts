/**
 * Durable steps a second: a run of trivial read steps on real SQLite, against the least that durability costs: one
 * append of the same bytes and one fdatasync for each step. Both take turns of a tenth of a second, so that a busy
 * machine slows both, after the engine's code has been compiled.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { z } from "zod";
import { openDatabase } from "../src/store/database.ts";
import { defineStep } from "../src/model/step.ts";
import { runbook } from "../src/runbook/define.ts";
import { bench as openBench } from "../test/support/world-free.ts";
import { goal, median } from "./support/figures.ts";

const steps = 250;
const warm = 20;
const rounds = 40;

const count = defineStep({
  kind: "bench.count",
  effect: "read",
  risk: "none",
  timeout: "5s",
  input: z.strictObject({ n: z.int() }),
  output: z.strictObject({ n: z.int() }),
  describe: ({ n }) => `count to ${n}`,
  run: async ({ n }) => ({ n }),
});
const { step, define } = runbook("loop", { title: "Loop", input: z.strictObject({}) });
const loop = define({
  count: step(count, ({ find }) => ({ n: (find(count)?.n ?? 0) + 1 }), {
    routes: [{ when: ({ n }) => n < steps, to: "count" }],
  }),
});

const dir = mkdtempSync(path.join(tmpdir(), "runwright-bench-"));
const bench = openBench(loop, dir);

/** The bytes of each turn of a run: what one step adds to the log. */
function turnsOf(run: string): readonly Buffer[] {
  const lines = bench.host.store.log.lines(run);
  const turns: string[] = [];
  for (const line of lines) {
    // A turn ends with the start of the next step.
    if (turns.length === 0 || turns.at(-1)?.includes('"type":"step.started"')) turns.push("");
    turns[turns.length - 1] += `${line}\n`;
  }
  return turns.map((turn) => Buffer.from(turn));
}

async function durable(): Promise<{ readonly rate: number; readonly cpu: number; readonly run: string }> {
  const run = bench.start({});
  const from = performance.now();
  const before = process.cpuUsage();
  await bench.drive(run, { onEvents: () => {} });
  const { user, system } = process.cpuUsage(before);
  const rate = (steps / (performance.now() - from)) * 1_000;
  return { run, rate, cpu: (user + system) / 1_000 / steps };
}

function raw(turns: readonly Buffer[]): number {
  const file = openSync(path.join(dir, "raw.log"), "a");
  const from = performance.now();
  for (const turn of turns) {
    writeSync(file, turn);
    fdatasyncSync(file);
  }
  const rate = (turns.length / (performance.now() - from)) * 1_000;
  closeSync(file);
  return rate;
}

/** What SQLite alone makes of the same bytes: it calls fsync where the raw append calls fdatasync. */
function sqlite(turns: readonly Buffer[]): number {
  const from = performance.now();
  for (const turn of turns) insert.immediate(turn);
  return (turns.length / (performance.now() - from)) * 1_000;
}

const plain = openDatabase(path.join(dir, "plain.db"));
plain.exec("CREATE TABLE turns (seq INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT");
const insertOne = plain.prepare("INSERT INTO turns (body) VALUES (?)");
const insert = plain.transaction((turn: Buffer) => insertOne.run(turn));

interface Round {
  readonly engine: number;
  readonly cpu: number;
  readonly disk: number;
  readonly floor: number;
}

const measured: Round[] = [];
for (let round = 0; round < warm + rounds; round += 1) {
  const { run, rate, cpu } = await durable();
  const turns = turnsOf(run);
  if (round >= warm) measured.push({ engine: rate, cpu, disk: raw(turns), floor: sqlite(turns) });
}
bench.host.store.close();
plain.close();
console.log(`SQLite alone, same bytes      ${median(measured.map(({ floor }) => floor)).toFixed(0)}`);
console.log(`durable steps a second        ${median(measured.map(({ engine }) => engine)).toFixed(0)}`);
console.log(`CPU a step, milliseconds      ${median(measured.map(({ cpu }) => cpu)).toFixed(3)}`);
console.log(`raw appends + fdatasync       ${median(measured.map(({ disk }) => disk)).toFixed(0)}`);
console.log(
  `its ratio to raw appends      ${median(measured.map(({ floor, disk }) => floor / disk)).toFixed(3)}`,
);
goal("ratio", median(measured.map(({ engine, disk }) => engine / disk)), { atLeast: 0.6 });
