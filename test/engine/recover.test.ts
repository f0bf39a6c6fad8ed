import { once } from "node:events";
import { existsSync, watch, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import type { Decision } from "../../src/engine/decide.ts";
import { drive, type DriveEnd } from "../../src/engine/drive.ts";
import type { Host } from "../../src/engine/host.ts";
import { RunbookError } from "../../src/model/error.ts";
import type { Gate } from "../../src/model/event.ts";
import { defineStep, type Probed } from "../../src/model/step.ts";
import { summarise } from "../../src/model/summary.ts";
import { runbook } from "../../src/runbook/define.ts";
import { createWorld, everything, stepsOf } from "../support/external-world.ts";
import { answerOne, liveThrough, mortal, type Death } from "../support/mortal.ts";
import { temporary } from "../support/terraform.ts";
import { ana, bench } from "../support/world-free.ts";

const nothing = z.strictObject({});
const named = z.strictObject({ name: z.string() });

/** A runbook with one write that cannot be looked up. */
function murkyOnly() {
  const dir = temporary("recover");
  const world = createWorld(dir);
  const { murky } = stepsOf(world);
  const { step, define } = runbook("murky", { title: "Murky", input: nothing });
  return { dir, world, make: () => define({ murky: step(murky, () => ({ name: "murky" })) }) };
}

/** Turn 1 records the start, turn 2 the outcome. */
const unseen: Death = { when: "before", nth: 2 };

function choosing(choice: string, output?: object): (gate: Gate) => Decision {
  const more = output === undefined ? {} : { output: output as never };
  return () => ({ type: "choose", choice, reason: "I have looked", ...more });
}

test("a write that nobody can look up waits for the operator, and is never repeated on a guess", async () => {
  const { dir, world, make } = murkyOnly();
  const { end, events } = await liveThrough(make, dir, { operator: () => null, death: unseen });
  expect(end).toEqual({ type: "paused" });
  expect(world.effects()).toEqual(["murky"]);
  const [gate] = summarise(events).gates;
  expect(gate).toMatchObject({ kind: "inDoubt", step: "murky", risk: "low" });
  expect(gate?.options.map(({ id, reasonNeeded }) => [id, reasonNeeded])).toEqual([
    ["done", true],
    ["again", true],
    ["cancel", true],
  ]);
});

test("told that it is done, the run goes on with what the operator says it returned", async () => {
  const { dir, world, make } = murkyOnly();
  const operator = choosing("done", { name: "as seen" });
  const { end, events } = await liveThrough(make, dir, { operator, death: unseen });
  expect(end).toEqual({ type: "ended", status: "succeeded" });
  expect(world.effects()).toEqual(["murky"]);
  const [step] = summarise(events).steps;
  expect(step).toMatchObject({ status: "succeeded", output: { name: "as seen" }, attempts: 1 });
});

test("told that it is done without what it returned, the question comes again and says what is missing", async () => {
  const { dir, make } = murkyOnly();
  let asked = 0;
  const operator = (gate: Gate): Decision => {
    asked += 1;
    if (asked > 1)
      expect(JSON.stringify(gate.shown)).toContain("needs what `test.murky` would have returned");
    return choosing("done", asked > 1 ? { name: "murky" } : undefined)(gate);
  };
  const { end } = await liveThrough(make, dir, { operator, death: unseen });
  expect(end).toEqual({ type: "ended", status: "succeeded" });
  expect(asked).toBe(2);
});

test("told to run it again, it is a new attempt under the same key", async () => {
  const { dir, world, make } = murkyOnly();
  const { events } = await liveThrough(make, dir, {
    operator: choosing("again"),
    death: { when: "after", nth: 1 },
  });
  expect(world.effects()).toEqual(["murky"]);
  const starts = events.flatMap(({ type, data }) => (type === "step.started" ? [data] : []));
  expect(starts.map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(new Set(starts.map(({ key }) => key)).size).toBe(1);
});

test("told to cancel, the run ends as cancelled and the attempt stays unknown", async () => {
  const { dir, world, make } = murkyOnly();
  const { end, events } = await liveThrough(make, dir, { operator: choosing("cancel"), death: unseen });
  expect(end).toEqual({ type: "ended", status: "cancelled" });
  expect(world.effects()).toEqual(["murky"]);
  expect(events.map(({ type }) => type).slice(-4)).toEqual([
    "run.resumed",
    "cancel.requested",
    "step.cancelled",
    "run.cancelled",
  ]);
});

test("a run whose question about an interrupted write is open can be cancelled", async () => {
  const { dir, make } = murkyOnly();
  const { run } = await liveThrough(make, dir, { operator: () => null, death: unseen });
  const { drive: driveOn, host, types } = bench(make(), dir);
  const draft = { run, type: "cancel.requested", actor: ana, data: { reason: "enough" } } as const;
  host.store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
  expect(await driveOn(run, { resumed: "cancel" })).toEqual({ type: "ended", status: "cancelled" });
  expect(types(run).slice(-3)).toEqual(["gate.closed", "step.cancelled", "run.cancelled"]);
});

test("an operator's stop while the world is asked leaves the question to the next engine", async () => {
  const dir = temporary("recover");
  const stop = new AbortController();
  const probing = defineStep({
    kind: "test.probing",
    effect: "write",
    binds: { nothing: "there is only one" },
    risk: "low",
    timeout: "5s",
    input: nothing,
    output: named,
    describe: () => "",
    run: async () => ({ name: "" }),
    probe: async (_input, { signal }) => {
      stop.abort(new Error("SIGINT"));
      await once(signal, "abort");
      throw signal.reason;
    },
  });
  const { step, define } = runbook("probing", { title: "Probing", input: nothing });
  const made = define({ probing: step(probing, () => ({})) });
  const dying = bench(made, dir);
  const run = dying.start({});
  const host = mortal(dying.host, made, { when: "after", nth: 1 }, { turns: 0, effects: 0 });
  await expect(driveWith(host, run)).rejects.toThrow("after 1");
  const { drive: driveOn, types } = bench(made, dir);
  expect(await driveOn(run, { resumed: "again", stop: stop.signal })).toEqual({ type: "interrupted" });
  expect(types(run)).not.toContain("gate.opened");
  expect(types(run)).not.toContain("step.cancelled");
});

async function driveWith(host: Host, run: string): Promise<DriveEnd> {
  return drive(host, run, {
    operator: ana,
    wait: false,
    patience: 60_000,
    resumed: null,
    stop: new AbortController().signal,
    onEvents: () => {},
  });
}

test("a program that a dead engine left running is taken up, not started again", async () => {
  const dir = temporary("recover");
  const world = createWorld(dir);
  const { program } = stepsOf(world);
  // It says that it runs, and goes on when it is told to.
  const script = 'echo "$2" >> "$1"; while [ ! -e "$1.go" ]; do sleep 0.02; done';
  const { step, define } = runbook("program", { title: "Program", input: nothing });
  const made = define({ program: step(program, () => ({ name: "program", script })) });
  const first = bench(made, dir);
  const run = first.start({});
  const stop = new AbortController();
  const driving = first.drive(run, { stop: stop.signal });
  await appears(world.file);
  stop.abort(new Error("SIGINT"));
  expect(await driving).toEqual({ type: "interrupted" });
  first.host.store.close();
  const { drive: driveOn, types } = bench(made, dir);
  const resumed = driveOn(run, { resumed: "again" });
  writeFileSync(`${world.file}.go`, "");
  expect(await resumed).toEqual({ type: "ended", status: "succeeded" });
  expect(world.effects()).toEqual(["program"]);
  expect(types(run).filter((type) => type === "step.started")).toHaveLength(1);
});

async function appears(file: string): Promise<void> {
  const watcher = watch(path.dirname(file));
  while (!existsSync(file)) await once(watcher, "change");
  watcher.close();
}

/** A write that always fails in the same way, and what its probe says. */
function failing(failure: Error, probe: () => Probed<{ readonly name: string }>) {
  let runs = 0;
  const fails = defineStep({
    kind: "test.fails",
    effect: "write",
    binds: { nothing: "there is only one" },
    risk: "low",
    timeout: "5s",
    input: nothing,
    output: named,
    describe: () => "",
    run: async (_input, ctx) => {
      runs += 1;
      ctx.evidence("run.txt", String(runs));
      throw failure;
    },
    probe: async () => probe(),
  });
  const { step, define } = runbook("fails", { title: "Fails", input: nothing });
  return { runs: () => runs, ...bench(define({ fails: step(fails, () => ({})) })) };
}

const done = (): Probed<{ readonly name: string }> => ({
  verdict: "done",
  output: { name: "x" },
  why: "there",
});

test("a write that fails without telling whether it took effect is looked up, and its evidence is kept", async () => {
  const { start, drive, host, runs } = failing(new RunbookError("AWS_UNREACHABLE", "No answer."), done);
  const run = start({});
  expect(await drive(run)).toEqual({ type: "ended", status: "succeeded" });
  expect(runs()).toBe(1);
  const [step] = summarise(host.store.log.events(run)).steps;
  expect(step).toMatchObject({ status: "succeeded", artifacts: [{ name: "run.txt" }] });
});

test("a write that fails and certainly had no effect asks the operator instead of running for ever", async () => {
  const nothingThere = () => ({ verdict: "not done", why: "nothing is there" }) as const;
  const { start, drive, types, runs } = failing(new TypeError("a bug"), nothingThere);
  const run = start({});
  expect(await drive(run)).toEqual({ type: "paused" });
  expect(runs()).toBe(1);
  expect(types(run)).toEqual([
    "run.started",
    "step.started",
    "step.inDoubt",
    "step.reconciled",
    "step.failed",
    "gate.opened",
  ]);
});

test("a write that returns what its schema does not promise has run, so the world is asked", async () => {
  const { start, drive, runs } = failing(new RunbookError("STEP_OUTPUT_MALFORMED", "name: missing"), done);
  expect(await drive(start({}))).toEqual({ type: "ended", status: "succeeded" });
  expect(runs()).toBe(1);
});

test("a probe that fails has found out nothing, so a person is asked", async () => {
  const failingProbe = () => {
    throw new Error("the network is down");
  };
  const { start, drive, host } = failing(new RunbookError("AWS_UNREACHABLE", "No answer."), failingProbe);
  const run = start({});
  expect(await drive(run)).toEqual({ type: "paused" });
  const [gate] = summarise(host.store.log.events(run)).gates;
  expect(gate?.kind).toBe("inDoubt");
  expect(gate?.shown["summary"]).toContain("the network is down");
});

test("an engine that dies at every second turn still brings the run to its end, each effect once", async () => {
  const dir = temporary("recover");
  const world = createWorld(dir);
  const runbookOf = everything(world);
  const operator = ({ kind, step }: Gate): Decision =>
    kind === "approval"
      ? { type: "approve", reason: "" }
      : choosing(world.has(step) ? "done" : "again", { name: step })({} as Gate);
  const first = bench(runbookOf, dir);
  const run = first.start({});
  first.host.store.close();
  for (let engines = 0; engines < 60; engines += 1) {
    const made = bench(runbookOf, dir);
    const host = mortal(made.host, runbookOf, { when: "after", nth: 2 }, { turns: 0, effects: 0 });
    const end = await driveWith(host, run).catch((error: Error) => error.name);
    const { store } = made.host;
    store.runTree(run).forEach((row) => answerOne(made, row.run, operator));
    store.close();
    if (typeof end === "object" && end.type === "ended") break;
  }
  expect(world.effects()).toEqual(["act", "murky", "program", "inside", "after"]);
});
