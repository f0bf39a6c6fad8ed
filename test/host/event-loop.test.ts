import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { drive } from "../../src/engine/drive.ts";
import { createLocalHost } from "../../src/host/local.ts";
import { defineStep } from "../../src/model/step.ts";
import { createRedactor } from "../../src/redact/redactor.ts";
import { runbook } from "../../src/runbook/define.ts";
import { openStore } from "../../src/store/store.ts";
import { ana, bench } from "../support/world-free.ts";

const rounds = 2_000;
const Count = z.strictObject({ n: z.int() });

/** A runbook that goes round, and does this at each of its steps. */
function going(look: (n: number) => void) {
  const count = defineStep({
    kind: "test.count",
    effect: "read",
    risk: "none",
    timeout: "5s",
    input: Count,
    output: Count,
    describe: ({ n }) => `count to ${n}`,
    run: async ({ n }) => {
      look(n);
      return { n };
    },
  });
  const { step, define } = runbook("rounds", { title: "Rounds", input: z.strictObject({}) });
  return define({
    count: step(count, ({ find }) => ({ n: (find(count)?.n ?? 0) + 1 }), {
      routes: [{ when: ({ n }) => n < rounds, to: "count" }],
    }),
  });
}

test("timers are let in between turns that need nothing but the processor", async () => {
  let seen = 0;
  const stop = new AbortController();
  const {
    start,
    drive: go,
    types,
  } = bench(
    going((n) => {
      seen = n;
      if (n === 10) setTimeout(() => stop.abort(new Error("by a timer")), 0);
    }),
  );
  const run = start({});
  expect(await go(run, { stop: stop.signal })).toEqual({ type: "interrupted" });
  expect(seen).toBeLessThan(200);
  expect(types(run).at(-1)).toBe("run.interrupted");
});

test("an engine that stores turns keeps its lease, although no timer renews it", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-lease-"));
  let now = Date.parse("2026-07-01T12:00:00Z");
  const clock = { now: () => new Date(now), sleepUntil: async () => {} };
  const at = { file: path.join(dir, "state.db"), anchors: path.join(dir, "anchors"), now: clock.now };
  const store = openStore({ ...at, isAlive: () => true });
  const owner = { pid: 1, start: "", boot: "", host: "h", user: "u" };
  const refused: unknown[] = [];
  const ended = new AbortController();
  const made = going((n) => {
    // A second a step: an engine on another machine sees the lease only.
    now += 1_000;
    if (n === 60) ended.abort(new Error("enough"));
    try {
      store.leases.acquire("r1", { ...owner, pid: 2 });
    } catch (error) {
      refused.push(error);
    }
  });
  const fence = store.leases.acquire("r1", owner);
  const before = store.leases.find("r1");
  const host = createLocalHost({
    store,
    clock,
    redactor: createRedactor(),
    env: { XDG_RUNTIME_DIR: dir },
    fence: () => fence,
    runbookOf: async () => made,
    onProgress: () => {},
  });
  const { id, title, steps } = made;
  const data = {
    runbook: { id, title, source: "0".repeat(64) },
    input: {},
    target: null,
    identity: null,
    tools: {},
    parent: null,
    steps,
    criteria: [],
  };
  const drafts = [{ run: "r1", type: "run.started", actor: ana, data }] as const;
  store.log.append({ drafts, seen: new Map(), snapshots: new Map() }, fence);
  const options = { operator: ana, wait: false, patience: 0, resumed: null, onEvents: () => {} };
  await drive(host, "r1", { ...options, stop: ended.signal });
  expect(refused.length).toBeGreaterThanOrEqual(60);
  expect(refused).toEqual(refused.map(() => expect.objectContaining({ code: "RUN_HELD" })));
  const after = store.leases.find("r1");
  expect(after?.epoch).toBe(before?.epoch);
  expect(after?.expiresAt.getTime()).toBeGreaterThan(now);
});
