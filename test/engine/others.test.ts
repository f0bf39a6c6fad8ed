import { expect, test } from "vitest";
import { z } from "zod";
import { drive } from "../../src/engine/drive.ts";
import type { Host } from "../../src/engine/host.ts";
import { engineActor, type Draft } from "../../src/model/event.ts";
import { runbook } from "../../src/runbook/define.ts";
import { createWorld, stepsOf } from "../support/external-world.ts";
import { answerOne } from "../support/mortal.ts";
import { temporary } from "../support/terraform.ts";
import { ana, bench } from "../support/world-free.ts";

const nothing = z.strictObject({});

function asking() {
  const { gate, define } = runbook("asks", { title: "Asks", input: nothing });
  return define({ ask: gate(() => ({ title: "Go?", summary: "", risk: "low", expires: "1h" })) });
}

test("an approval at a gate of a child run, given on another connection, is seen by the engine that waits", async () => {
  const outer = runbook("outer", { title: "Outer", input: nothing });
  // The child begins while the engine already waits for others.
  const made = outer.define({ first: outer.wait(() => "1ms"), inside: outer.child(asking(), () => ({})) });
  const { dir, start, drive: driveOn, events } = bench(made);
  const run = start({});
  const driving = driveOn(run, { wait: true });
  while (!events.some(({ type }) => type === "gate.opened"))
    await new Promise((resolve) => setImmediate(resolve));
  const other = bench(made, dir);
  const child = other.host.store.runTree(run).at(-1)?.run ?? "";
  expect(answerOne(other, child, () => ({ type: "approve", reason: "" }))).toBe(true);
  expect(await driving).toEqual({ type: "ended", status: "succeeded" });
});

test("a decision that was stored between reading and writing is folded, and the turn made anew", async () => {
  const { start, drive: driveOn, host, types } = bench(asking());
  const run = start({});
  expect(await driveOn(run)).toEqual({ type: "paused" });
  let wasEarly = false;
  const slow: Host = {
    ...host,
    commit: async (turn) => {
      if (!wasEarly) wasEarly = answerOne({ host }, run, () => ({ type: "approve", reason: "" }));
      return host.commit(turn);
    },
  };
  expect(await driveWith(slow, run)).toEqual({ type: "ended", status: "succeeded" });
  expect(types(run).slice(-4)).toEqual(["approval.granted", "run.resumed", "approval.used", "run.succeeded"]);
});

test("an engine that sees another one drive its run stops and touches nothing", async () => {
  const { start, drive: driveOn, host } = bench(asking());
  const run = start({});
  const driving = driveOn(run, { wait: true });
  const draft: Draft = { run, type: "run.resumed", actor: engineActor, data: { note: "taken over" } };
  host.store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
  await expect(driving).rejects.toMatchObject({ code: "LEASE_LOST" });
});

test("a gate that has expired is opened anew, and an old approval does not fit it", async () => {
  const { start, drive: driveOn, host, types } = bench(asking());
  const run = start({});
  await driveOn(run);
  const late = new Date(Date.now() + 3_700_000);
  const clock = { ...host.clock, now: () => late };
  expect(
    await driveWith({ ...host, clock, jumps: () => [], ids: { ...host.ids, now: () => late } }, run),
  ).toEqual({
    type: "paused",
  });
  expect(types(run).slice(-3)).toEqual(["run.resumed", "gate.closed", "gate.opened"]);
  const gates = host.store.log
    .events(run)
    .flatMap(({ type, data }) => (type === "gate.opened" ? [data] : []));
  expect(gates.map(({ gate }) => gate)).toEqual(["ask", "ask#2"]);
  expect(new Set(gates.map(({ digest }) => digest)).size).toBe(2);
});

test("a timer whose clock was set back while it slept sleeps on", async () => {
  const { wait, define } = runbook("waits", { title: "Waits", input: nothing });
  const { start, host, types } = bench(define({ wait: wait(() => "40d") }));
  const run = start({});
  let now = Date.now();
  const slept: number[] = [];
  const clock = {
    now: () => new Date(now),
    sleepUntil: async (due: Date) => {
      slept.push(due.getTime() - now);
      // Set back once, by an hour.
      now = due.getTime() - (slept.length === 1 ? 3_600_000 : 0);
    },
  };
  const far = { patience: Number.POSITIVE_INFINITY };
  expect(await driveWith({ ...host, clock, ids: { ...host.ids, now: clock.now } }, run, far)).toEqual({
    type: "ended",
    status: "succeeded",
  });
  expect(types(run)).toEqual(["run.started", "run.resumed", "timer.armed", "timer.fired", "run.succeeded"]);
  expect(Math.max(...slept)).toBeLessThanOrEqual(86_400_000);
  expect(slept.length).toBeGreaterThan(40);
});

test("an attempt is told when its start was stored, not when the engine thought of it", async () => {
  const { look } = stepsOf(createWorld(temporary("others")));
  const { step, define } = runbook("looks", { title: "Looks", input: nothing });
  const { start, host } = bench(define({ look: step(look, () => ({})) }));
  const run = start({});
  const told: string[] = [];
  const slow: Host = {
    ...host,
    ids: { ...host.ids, now: () => new Date(Date.now() - 5_000) },
    perform: (attempt, abort) => {
      told.push(attempt.startedAt);
      return host.perform(attempt, abort);
    },
  };
  await driveWith(slow, run);
  expect(told).toEqual(
    host.store.log
      .events(run)
      .filter(({ type }) => type === "step.started")
      .map(({ at }) => at),
  );
});

async function driveWith(host: Host, run: string, more: object = {}) {
  return drive(host, run, {
    operator: ana,
    wait: false,
    patience: 60_000,
    resumed: "again",
    stop: new AbortController().signal,
    onEvents: () => {},
    ...more,
  });
}
