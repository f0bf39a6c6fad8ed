/**
 * `list` over 100,000 runs: the time of the command in its process, and of whole processes beside `node -e 0`. A page may
 * take at most 100 ms however many runs there are.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { list } from "../src/cli/commands/list.ts";
import { engineActor, type Draft } from "../src/model/event.ts";
import { openStore } from "../src/store/store.ts";
import { goal, median } from "./support/figures.ts";

const runs = 100_000;
const batch = 1_000;
const rounds = 15;

const dir = mkdtempSync(path.join(tmpdir(), "runwright-bench-"));
const env = { ...process.env, XDG_STATE_HOME: path.join(dir, "state") };

/** A run that began and ended; the names are no real ids, but as long. */
function life(number: number): readonly Draft[] {
  const run = `R-${number.toString(36).toUpperCase().padStart(4, "0")}`;
  const runbook = { id: `runbook-${number % 7}`, title: "A runbook", source: "0".repeat(64) };
  const nothing = { input: {}, tools: {}, target: null, identity: null, parent: null };
  const data = { runbook, ...nothing, steps: [], criteria: [] };
  return [
    { run, type: "run.started", actor: engineActor, data },
    { run, type: "run.succeeded", actor: engineActor, data: { reason: "all criteria pass" } },
  ];
}

function fill(): void {
  let ms = Date.parse("2025-01-01T00:00:00.000Z");
  const store = openStore({
    file: path.join(dir, "state.db"),
    anchors: path.join(dir, "state", "runwright", "anchors"),
    now: () => new Date((ms += 1_000)),
    isAlive: () => true,
  });
  for (let first = 0; first < runs; first += batch) {
    const drafts = Array.from({ length: batch }, (_, index) => life(first + index)).flat();
    store.log.append({ drafts, seen: new Map(), snapshots: new Map() }, null);
  }
  store.close();
}

async function inProcess(before: string | null): Promise<number> {
  const io = { ...process, env, cwd: dir, now: () => new Date(), stdout: quiet() } as never;
  const globals = { db: "state.db", json: false, color: "never", debug: false } as const;
  const from = performance.now();
  await list({ all: false, limit: 20, before }, globals, io);
  return performance.now() - from;
}

function quiet(): { readonly write: () => void } {
  return { write: () => {} };
}

function whole(argv: readonly string[]): number {
  const from = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [...argv], { cwd: dir, env });
  if (status !== 0) throw new Error(stderr.toString());
  return performance.now() - from;
}

async function times(work: () => Promise<number> | number): Promise<number> {
  const found: number[] = [];
  for (let round = 0; round < rounds; round += 1) found.push(await work());
  return median(found);
}

fill();
const middle = `R-${(runs / 2).toString(36).toUpperCase().padStart(4, "0")}`;
const program = path.resolve("dist/cli/runwright.cjs");
goal("newest page, ms", await times(() => inProcess(null)), { atMost: 100 });
goal("page in the middle, ms", await times(() => inProcess(middle)), { atMost: 100 });
const pairs = Array.from({ length: rounds }, () => [whole(["-e", "0"]), whole([program, "list"])] as const);
const [node, listed] = [median(pairs.map(([one]) => one)), median(pairs.map(([, other]) => other))];
console.log(`node -e 0 takes ${node.toFixed(1)} ms, list ${listed.toFixed(1)} ms`);
// Node alone takes 66 ms on an idle machine: there this is 100 ms, and on a busy one it still says something.
goal("list, times node -e 0", listed / node, { atMost: 1.5 });
