import { EventEmitter, once } from "node:events";
import { existsSync, readFileSync, watch } from "node:fs";
import { expect, test } from "vitest";
import { createMachine, raise } from "xstate";
import { z } from "zod";
import type { RunEvent } from "../../src/model/event.ts";
import { defineStep, type StepContext } from "../../src/model/step.ts";
import { stepActor } from "../../src/runbook/actors.ts";
import { runbook } from "../../src/runbook/define.ts";
import { fromMachine } from "../../src/runbook/from-machine.ts";
import type { Runbook } from "../../src/runbook/types.ts";
import { createWorld, stepsOf } from "../support/external-world.ts";
import { answerOne } from "../support/mortal.ts";
import { temporary } from "../support/terraform.ts";
import { ana, bench, type Bench } from "../support/world-free.ts";

const nothing = z.strictObject({});

/** A step that tells when it runs and does what the test says. */
function told(effect: "read" | "write", work: (ctx: StepContext) => Promise<void>, timeout = "10s" as const) {
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const common = {
    kind: `test.told-${effect}`,
    risk: "low",
    timeout,
    input: nothing,
    output: nothing,
  } as const;
  const run = async (_input: object, ctx: StepContext) => {
    begin();
    await work(ctx);
    return {};
  };
  const describe = () => "";
  const probe = async () => ({ verdict: "unknown", why: "nobody knows" }) as const;
  const step =
    effect === "read"
      ? defineStep({ ...common, effect, describe, run })
      : defineStep({ ...common, effect, describe, run, probe, binds: { nothing: "there is only one" } });
  return { step, begun };
}

function single(step: ReturnType<typeof told>["step"]): Runbook {
  const author = runbook("single", { title: "Single", input: nothing });
  return author.define({
    work: author.step(step as never, () => ({}) as never),
    next: author.wait(() => "1ms"),
  });
}

function cancel({ host }: Pick<Bench, "host">, run: string): void {
  const draft = { run, type: "cancel.requested", actor: ana, data: { reason: "enough" } } as const;
  host.store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
}

const untilAborted = async ({ signal }: StepContext): Promise<void> => {
  await once(signal, "abort");
  throw signal.reason;
};

function reasonOf(events: readonly RunEvent[], type: string): string {
  const found = events.find((event) => event.type === type);
  return found !== undefined && "reason" in found.data ? found.data.reason : "";
}

test("cancelling while a step runs stops it, and the run ends when it has stopped", async () => {
  const { step, begun } = told("read", untilAborted);
  const made = bench(single(step));
  const run = made.start({});
  const driving = made.drive(run, { wait: true });
  await begun;
  cancel(made, run);
  expect(await driving).toEqual({ type: "ended", status: "cancelled" });
  expect(made.types(run).slice(-3)).toEqual(["cancel.requested", "step.cancelled", "run.cancelled"]);
  expect(reasonOf(made.host.store.log.events(run), "step.cancelled")).toBe("The run is being cancelled.");
});

test("a cancelled run tells what goes on by itself", async () => {
  const lines = new EventEmitter();
  const { step } = told("read", async (ctx) => {
    ctx.outlives("deployment ecs-svc/1");
    const args = ["-c", "setsid sh -c 'echo ready; exec sleep 20' & exec sleep 20"];
    const onLine = (line: string): void => void lines.emit(line);
    await ctx.exec({ name: "leave", file: "/bin/sh", args, cwd: "/", onLine });
  });
  const made = bench(single(step));
  const run = made.start({});
  const driving = made.drive(run);
  await once(lines, "ready");
  cancel(made, run);
  await driving;
  const end = made.host.store.log.events(run).at(-1);
  expect(end).toMatchObject({ type: "run.cancelled" });
  const leftRunning = end?.type === "run.cancelled" ? end.data.leftRunning.join(" ") : "";
  const [, pid = ""] = /^deployment ecs-svc\/1 sleep \(pid (\d+)\)$/.exec(leftRunning) ?? [];
  expect(pid).not.toBe("");
  process.kill(Number(pid), "SIGKILL");
});

test("cancelling asks a program once to end and waits until it has", async () => {
  const dir = temporary("stopping");
  const world = createWorld(dir);
  const { program } = stepsOf(world);
  const trap = `trap 'sleep 1.3; echo stopped >> "$1"; exit 1' INT; echo "$2" >> "$1"; while :; do sleep 0.02; done`;
  const author = runbook("program", { title: "Program", input: nothing });
  const made = bench(
    author.define({ program: author.step(program, () => ({ name: "program", script: trap })) }),
    dir,
  );
  const run = made.start({});
  const driving = made.drive(run, { wait: true });
  const watcher = watch(dir);
  while (!existsSync(world.file)) await once(watcher, "change");
  watcher.close();
  cancel(made, run);
  expect(await driving).toEqual({ type: "ended", status: "cancelled" });
  expect(readFileSync(world.file, "utf8")).toBe("program\nstopped\n");
});

test("a step that takes too long fails, and the operator decides", async () => {
  const { step } = told("read", untilAborted, "50ms" as never);
  const { start, drive, host } = bench(single(step));
  const run = start({});
  expect(await drive(run)).toEqual({ type: "paused" });
  const failed = host.store.log.events(run).find(({ type }) => type === "step.failed");
  expect(failed?.data).toMatchObject({
    failure: { code: "STEP_TIMED_OUT", message: "`work` did not end within 50ms." },
  });
});

test("a stop lets a write that is under way end, and does not record a next step that nobody would run", async () => {
  const stop = new AbortController();
  const { step, begun } = told("write", async () => {
    stop.abort(new Error("SIGINT"));
    await new Promise((resolve) => setImmediate(resolve));
  });
  const { start, drive, types } = bench(single(step));
  const run = start({});
  const driving = drive(run, { stop: stop.signal });
  await begun;
  expect(await driving).toEqual({ type: "interrupted" });
  expect(types(run)).toEqual(["run.started", "step.started", "step.succeeded", "run.interrupted"]);
  expect(await drive(run, { resumed: "again" })).toEqual({ type: "ended", status: "succeeded" });
});

test("a stop drops a read, which then runs again as a new attempt", async () => {
  const stop = new AbortController();
  let runs = 0;
  const { step, begun } = told("read", async (ctx) => {
    runs += 1;
    if (runs === 1) await untilAborted(ctx);
  });
  const { start, drive, types } = bench(single(step));
  const run = start({});
  const driving = drive(run, { stop: stop.signal });
  await begun;
  stop.abort(new Error("SIGINT"));
  expect(await driving).toEqual({ type: "interrupted" });
  expect(await drive(run, { resumed: "again" })).toEqual({ type: "ended", status: "succeeded" });
  expect(types(run).filter((type) => type === "step.started")).toHaveLength(2);
});

test("cancelling a run cancels the run inside it", async () => {
  const inner = runbook("inner", { title: "Inner", input: nothing });
  const child = inner.define({ ask: inner.gate(() => ({ title: "Go?", summary: "", risk: "low" })) });
  const outer = runbook("outer", { title: "Outer", input: nothing });
  const made = bench(outer.define({ inside: outer.child(child, () => ({})) }));
  const run = made.start({});
  expect(await made.drive(run)).toEqual({ type: "paused" });
  cancel(made, run);
  expect(await made.drive(run, { resumed: "cancel" })).toEqual({ type: "ended", status: "cancelled" });
  expect(made.host.store.runTree(run).map(({ status }) => status)).toEqual(["cancelled", "cancelled"]);
});

/** A plain machine that gives up on a step after some time. */
function impatient(step: ReturnType<typeof told>["step"]): Runbook {
  const machine = createMachine({
    id: "impatient",
    initial: "work",
    states: {
      work: { invoke: { id: "work", src: stepActor(step), onDone: "succeeded" }, after: { 20: "failed" } },
      succeeded: { type: "final" },
      failed: { type: "final" },
    },
  });
  return fromMachine(machine, { title: "Impatient", input: nothing });
}

test("a write that the machine no longer wants is stopped, and the run ends when its end is recorded", async () => {
  const { step } = told("write", untilAborted);
  const { start, drive, types } = bench(impatient(step));
  const run = start({});
  expect(await drive(run)).toEqual({ type: "ended", status: "failed" });
  expect(types(run).slice(-3)).toEqual(["timer.fired", "step.cancelled", "run.failed"]);
});

test("a read that the machine no longer wants is forgotten at once", async () => {
  const { step } = told("read", untilAborted);
  const { start, drive, types } = bench(impatient(step));
  const run = start({});
  expect(await drive(run)).toEqual({ type: "ended", status: "failed" });
  expect(types(run).slice(-3)).toEqual(["timer.fired", "step.cancelled", "run.failed"]);
});

test("a timer that is armed anew by a re-entry is another timer", async () => {
  const { look } = stepsOf(createWorld(temporary("stopping")));
  const machine = createMachine({
    id: "reenters",
    type: "parallel",
    states: {
      looks: {
        initial: "looking",
        states: {
          looking: {
            invoke: {
              id: "look",
              src: stepActor(look),
              onDone: { target: "seen", actions: raise({ type: "GO" }) },
            },
          },
          seen: { type: "final" },
        },
      },
      waits: {
        initial: "waiting",
        states: {
          waiting: { on: { GO: { target: "waiting", reenter: true } }, after: { 500: "waited" } },
          waited: { type: "final" },
        },
      },
    },
  });
  const { start, drive, types } = bench(fromMachine(machine, { title: "Re-enters", input: nothing }));
  const run = start({});
  expect(await drive(run)).toEqual({ type: "ended", status: "succeeded" });
  expect(types(run).filter((type) => type.startsWith("timer."))).toEqual([
    "timer.armed",
    "timer.cancelled",
    "timer.armed",
    "timer.fired",
  ]);
});

test("a write that a person said no to, and whose run is cancelled before anybody acts on that, has no gate to close", async () => {
  const { step } = told("write", async () => {});
  const made = bench(single({ ...step, risk: "high" } as never));
  const run = made.start({});
  expect(await made.drive(run)).toEqual({ type: "paused" });
  answerOne(made, run, () => ({ type: "reject", reason: "not now" }));
  cancel(made, run);
  expect(await made.drive(run)).toEqual({ type: "ended", status: "cancelled" });
  expect(made.types(run).slice(-3)).toEqual(["approval.denied", "cancel.requested", "run.cancelled"]);
});

test("what a child run was asking when it ended keeps nobody waiting for a time that is far off", async () => {
  const inner = runbook("inner", { title: "Inner", input: nothing });
  const asking = inner.define({ ask: inner.gate(() => ({ title: "Go?", summary: "", risk: "low" })) });
  const outer = runbook("outer", { title: "Outer", input: nothing });
  const made = bench(
    outer.define({
      part: outer.child(asking, () => ({}), { onCancel: "days", next: "succeeded" }),
      days: outer.wait(() => "2d", { next: "cancelled" }),
    }),
  );
  const run = made.start({});
  const driving = made.drive(run, { wait: true });
  await expect.poll(() => made.types(run)).toContain("child.started");
  cancel(made, run);
  expect(await driving).toEqual({ type: "paused" });
  expect(made.types(run).at(-1)).toBe("timer.armed");
});
