import { expect, test } from "vitest";
import { z } from "zod";
import { decide } from "../../src/engine/decide.ts";
import { replay } from "../../src/engine/replay.ts";
import { persist } from "../../src/engine/machine.ts";
import { RunbookError } from "../../src/model/error.ts";
import { defineStep } from "../../src/model/step.ts";
import { summarise } from "../../src/model/summary.ts";
import { runbook } from "../../src/runbook/define.ts";
import { ana, bench } from "../support/world-free.ts";

const Input = z.strictObject({ n: z.int(), fail: z.int().default(0) });

/** A step that fails as often as the input says. */
function counting(): { readonly step: ReturnType<typeof make>; readonly calls: () => number } {
  let calls = 0;
  const make_ = make(() => (calls += 1));
  return { step: make_, calls: () => calls };
}

function make(count: () => number) {
  return defineStep({
    kind: "test.count",
    effect: "read",
    risk: "none",
    timeout: "5s",
    input: z.strictObject({ fail: z.int() }),
    output: z.strictObject({ calls: z.int() }),
    describe: () => "count",
    run: async ({ fail }, ctx) => {
      const calls = count();
      ctx.evidence("calls.json", { calls });
      if (calls <= fail) throw new RunbookError("AWS_THROTTLED", `Call ${calls} was throttled.`);
      return { calls };
    },
  });
}

test("a run goes from step to step to its end, and its state is what its events say", async () => {
  const { step: count } = counting();
  const { step, define } = runbook("two", { title: "Two steps", input: Input });
  const two = define(
    {
      first: step(count, () => ({ fail: 0 })),
      second: step(count, ({ get }) => ({ fail: get(count).calls - 1 })),
    },
    {
      criteria: {
        twice: { title: "ran twice", step: "second", passes: ({ get }) => get(count).calls === 2 },
      },
    },
  );
  const { start, drive, types, host } = bench(two);
  const run = start({ n: 1, fail: 0 });
  expect(await drive(run)).toEqual({ type: "ended", status: "succeeded" });
  expect(types(run)).toEqual([
    "run.started",
    "step.started",
    "step.succeeded",
    "step.started",
    "step.succeeded",
    "criterion.evaluated",
    "run.succeeded",
  ]);
  const events = host.store.log.events(run);
  const stored = host.store.snapshot(run);
  expect(JSON.stringify(persist(two, replay(two, events).snapshot)).length).toBe(stored?.json.length);
});

test("a gated step waits for approval before it runs, and a decision from outside moves the run", async () => {
  const { step: count, calls } = counting();
  const { step, gate, define } = runbook("gated", { title: "Gated", input: Input });
  const gated = define(
    {
      approve: gate(() => ({ title: "Count?", summary: "one more", risk: "high" })),
      count: step(count, () => ({ fail: 0 })),
    },
    { criteria: {} },
  );
  const { start, drive, host } = bench(gated);
  const run = start({ n: 1 });
  expect(await drive(run)).toEqual({ type: "paused" });
  expect(calls()).toBe(0);
  const [open] = summarise(host.store.log.events(run)).gates;
  expect(open).toMatchObject({ gate: "approve", kind: "approval", risk: "high" });
  const waiting = drive(run, { wait: true, resumed: "again" });
  const deciding = {
    run,
    gate: null,
    digest: open?.digest.slice(0, 8) ?? "",
    decision: { type: "approve", reason: "looks right" },
    actor: ana,
  } as const;
  const draft = decide(host.store.log.events(run), deciding, new Date());
  host.store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
  expect(await waiting).toEqual({ type: "ended", status: "succeeded" });
  expect(calls()).toBe(1);
});

test("a failed step asks the operator, who may try it again", async () => {
  const { step: count } = counting();
  const { step, define } = runbook("retry", { title: "Retry", input: Input });
  const retry = define({ count: step(count, ({ input }) => ({ fail: input.fail })) }, { criteria: {} });
  const { start, drive, host, types } = bench(retry);
  const run = start({ n: 1, fail: 1 });
  expect(await drive(run)).toEqual({ type: "paused" });
  const decision = { type: "choose", choice: "retry", reason: "" } as const;
  const draft = decide(
    host.store.log.events(run),
    { run, gate: null, digest: null, decision, actor: ana },
    new Date(),
  );
  host.store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
  expect(await drive(run, { resumed: "again" })).toEqual({ type: "ended", status: "succeeded" });
  expect(types(run)).toEqual([
    "run.started",
    "step.started",
    "step.failed",
    "gate.opened",
    "decision.made",
    "run.resumed",
    "step.started",
    "step.succeeded",
    "run.succeeded",
  ]);
});

test("a failure that is worth it is retried by itself after the delay", async () => {
  const { step: count } = counting();
  const { step, define } = runbook("auto", { title: "Auto", input: Input });
  const auto = define(
    {
      count: step(count, ({ input }) => ({ fail: input.fail }), {
        retry: { times: 2, delay: "1ms", on: ["AWS_THROTTLED"] },
      }),
    },
    { criteria: {} },
  );
  const { start, drive } = bench(auto);
  expect(await drive(start({ n: 1, fail: 2 }))).toEqual({ type: "ended", status: "succeeded" });
});

test("a child runbook is a run of its own, and its end takes the parent on", async () => {
  const { step: count } = counting();
  const inner = runbook("inner", { title: "Inner", input: Input });
  const child = inner.define({ count: inner.step(count, () => ({ fail: 0 })) }, { criteria: {} });
  const outer = runbook("outer", { title: "Outer", input: Input });
  const parent = outer.define(
    { run: outer.child(child, () => ({ n: 2 })), after: outer.step(count, () => ({ fail: 0 })) },
    { criteria: {} },
  );
  const { start, drive, host } = bench(parent);
  const run = start({ n: 1 });
  expect(await drive(run)).toEqual({ type: "ended", status: "succeeded" });
  expect(host.store.runTree(run).map(({ runbook, status }) => [runbook, status])).toEqual([
    ["outer", "succeeded"],
    ["inner", "succeeded"],
  ]);
});

test("a wait is durable: the run can be left alone and goes on when it is due", async () => {
  const { wait, define } = runbook("waits", { title: "Waits", input: Input });
  const waits = define({ watch: wait(() => "300ms") }, { criteria: {} });
  const { start, drive, types } = bench(waits);
  const run = start({ n: 1 });
  expect(await drive(run, { patience: 10 })).toEqual({ type: "paused" });
  expect(await drive(run)).toEqual({ type: "ended", status: "succeeded" });
  expect(types(run)).toEqual(["run.started", "timer.armed", "timer.fired", "run.succeeded"]);
});

test("a guard that throws parks the run, keeps the result, and loses nothing", async () => {
  const { step: count } = counting();
  const { step, define } = runbook("faulty", { title: "Faulty", input: Input });
  const faulty = define(
    {
      count: step(count, () => ({ fail: 0 })),
      broken: step(count, ({ get }) => ({ fail: get(count, "nowhere").calls })),
    },
    { criteria: {} },
  );
  const { start, drive, types } = bench(faulty);
  const run = start({ n: 1 });
  expect(await drive(run)).toMatchObject({ type: "faulted" });
  expect(types(run)).toEqual(["run.started", "step.started", "step.succeeded", "run.faulted"]);
});

test("a run whose criteria are not met has not succeeded", async () => {
  const { step: count } = counting();
  const { step, define } = runbook("unmet", { title: "Unmet", input: Input });
  const unmet = define(
    { count: step(count, () => ({ fail: 0 })) },
    { criteria: { never: { title: "never", step: "count", passes: () => false } } },
  );
  const { start, drive } = bench(unmet);
  expect(await drive(start({ n: 1 }))).toEqual({ type: "ended", status: "failed" });
});

test("an operator's stop leaves the run resumable, and a cancel ends it", async () => {
  const { gate, define } = runbook("stops", { title: "Stops", input: Input });
  const stops = define({ ask: gate(() => ({ title: "Go?", summary: "", risk: "low" })) }, { criteria: {} });
  const { start, drive, types, host } = bench(stops);
  const run = start({ n: 1 });
  const stop = new AbortController();
  const driving = drive(run, { wait: true, stop: stop.signal });
  stop.abort(new Error("SIGINT"));
  expect(await driving).toEqual({ type: "interrupted" });
  const cancel = { run, type: "cancel.requested", actor: ana, data: { reason: "not needed" } } as const;
  host.store.log.append({ drafts: [cancel], seen: new Map(), snapshots: new Map() }, null);
  expect(await drive(run, { resumed: "cancel" })).toEqual({ type: "ended", status: "cancelled" });
  expect(types(run).slice(-4)).toEqual(["cancel.requested", "run.resumed", "gate.closed", "run.cancelled"]);
});
