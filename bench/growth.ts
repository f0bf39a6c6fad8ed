/**
 * Whether a run stays as quick as it was at its beginning: the CPU time of the last 500 of 10,000 events as a ratio to
 * that of the first 500 after 1,500, in which the code is compiled: for the engine alone, with its store, and for the built program
 * whose screen, or whose `--jsonl`, is read through a pipe. Each is measured several times, in turns, and medians count.
 *
 * `RUNWRIGHT_BENCH_CONTROL=1` folds the whole run again at every batch, as a screen once did: that has to miss the goal.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { z } from "zod";
import { drive } from "../src/engine/drive.ts";
import type { Host } from "../src/engine/host.ts";
import { defineStep } from "../src/model/step.ts";
import { viewOf } from "../src/model/run-view.ts";
import type { RunEvent } from "../src/model/event.ts";
import { runbook } from "../src/runbook/define.ts";
import { createMemoryHost, createMint, createSharedLog, startOf } from "../src/testing/memory-host.ts";
import { ana, bench as openBench } from "../test/support/world-free.ts";
import { authorsDirectory } from "./support/author.ts";
import { goal, median } from "./support/figures.ts";

const steps = 5_000;
/** The events whose time is taken: the first and the last two limit what is compared. */
const marks = [1_500, 2_000, 9_500, 10_000] as const;
const rounds = 5;
const isControl = process.env["RUNWRIGHT_BENCH_CONTROL"] === "1";

/** Takes the CPU time of a process, in milliseconds, when so many events are there. */
function createMarks(cpu: () => number) {
  const taken: number[] = [];
  let events = 0;
  return {
    add: (more: number): void => {
      events += more;
      while (taken.length < marks.length && events >= (marks[taken.length] ?? 0)) taken.push(cpu());
    },
    growth: (): number => {
      const [one = Number.NaN, two = Number.NaN, three = Number.NaN, four = Number.NaN] = taken;
      return (four - three) / (two - one);
    },
  };
}

function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Of another process, in steps of ten milliseconds. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

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

async function driven(host: Host, run: string): Promise<number> {
  const made = createMarks(ownCpu);
  const seen: RunEvent[] = [...((await host.load(run)).runs[0]?.events ?? [])];
  await drive(host, run, {
    operator: ana,
    wait: false,
    patience: 0,
    resumed: null,
    stop: new AbortController().signal,
    onEvents: (events) => {
      if (isControl) viewOf(seen.concat(events));
      seen.push(...events);
      made.add(events.length);
    },
  });
  return made.growth();
}

async function engineAlone(): Promise<number> {
  const now = (): Date => new Date();
  const log = createSharedLog(loop, now);
  log.append({ drafts: [startOf(loop, "R-AAAA", {}, ana)], seen: new Map() });
  const never = new Promise<void>(() => {});
  const host = createMemoryHost({
    log,
    ids: createMint(now),
    clock: { now, sleepUntil: () => never },
    perform: async ({ input }) => ({ type: "succeeded", output: input, artifacts: [] }),
    probe: async () => ({ verdict: "unknown", why: "it has none" }),
  });
  return driven(host, "R-AAAA");
}

async function withStore(): Promise<number> {
  const bench = openBench(loop, mkdtempSync(path.join(tmpdir(), "runwright-bench-")));
  const growth = await driven(bench.host, bench.start({}));
  bench.host.store.close();
  return growth;
}

const program = path.resolve("dist/cli/runwright.cjs");
const dir = authorsDirectory();
writeFileSync(
  path.join(dir, "loop.ts"),
  `import { defineStep, runbook } from "runwright";
import { z } from "zod";
const count = defineStep({
  kind: "bench.count", effect: "read", risk: "none", timeout: "5s",
  input: z.strictObject({ n: z.int() }), output: z.strictObject({ n: z.int() }),
  describe: ({ n }) => \`count to \${n}\`, run: async ({ n }) => ({ n }),
});
const { step, define } = runbook("loop", { title: "Loop", input: z.strictObject({ steps: z.coerce.number() }) });
export default define({
  count: step(count, ({ find }) => ({ n: (find(count)?.n ?? 0) + 1 }), {
    routes: [{ when: ({ n }, { input }) => n < input.steps, to: "count" }],
  }),
});
`,
);

/** How the time for its lines grows in a run of so many steps. */
function throughPipe(many: number, ...flags: readonly string[]): Promise<number> {
  const own = mkdtempSync(path.join(tmpdir(), "runwright-bench-"));
  const env = { ...process.env, CI: "true", XDG_STATE_HOME: own, RUNWRIGHT_DB: path.join(own, "state.db") };
  const args = [program, "run", path.join(dir, "loop.ts"), "--input", `steps=${many}`, ...flags];
  const child = spawn(process.execPath, args, { cwd: dir, env, stdio: ["ignore", "pipe", "ignore"] });
  const made = createMarks(() => cpuOf(child.pid ?? 0));
  child.stdout.on("data", (bytes: Buffer) => {
    made.add(bytes.filter((byte) => byte === 10).length);
  });
  return new Promise((resolve, reject) => {
    child.on("close", (code) => {
      if (code === 0) resolve(made.growth());
      else reject(new Error(`A run of ${many} steps ended with ${code}.`));
    });
  });
}

async function seconds(many: number, ...flags: readonly string[]): Promise<string> {
  const from = performance.now();
  await throughPipe(many, ...flags);
  return ((performance.now() - from) / 1_000).toFixed(1);
}

const kinds = {
  "engine alone": engineAlone,
  "with its store": withStore,
  "on a screen": () => throughPipe(steps),
  "with --jsonl": () => throughPipe(steps, "--jsonl"),
} as const;
const growths = Object.fromEntries(Object.keys(kinds).map((name) => [name, [] as number[]]));
if (!isControl) for (const measure of Object.values(kinds).slice(0, 2)) await measure();
for (let round = 0; round < rounds; round += 1)
  for (const [name, measure] of Object.entries(kinds)) growths[name]?.push(await measure());

for (const many of [1_000, 10_000])
  console.log(
    `${`${many} quick steps, seconds`.padEnd(30)}${await seconds(many)}, with --jsonl ${await seconds(many, "--jsonl")}`,
  );
for (const [name, values] of Object.entries(growths))
  goal(`growth, ${name}`, median(values), { atMost: 1.2 });
