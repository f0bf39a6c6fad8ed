import { expect, test } from "vitest";
import { assign, createMachine, raise, type AnyStateMachine } from "xstate";
import { z } from "zod";
import { advance, begin, endOf } from "../../src/engine/machine.ts";
import { RunbookError } from "../../src/model/error.ts";
import { summarise } from "../../src/model/summary.ts";
import { stepActor } from "../../src/runbook/actors.ts";
import { runbook } from "../../src/runbook/define.ts";
import { fromMachine } from "../../src/runbook/from-machine.ts";
import type { Runbook } from "../../src/runbook/types.ts";
import { fake } from "../../src/testing/fake.ts";
import { everyPath } from "../../src/testing/every-path.ts";
import { createWorld, stepsOf } from "../support/external-world.ts";
import { temporary } from "../support/terraform.ts";
import { ana, bench } from "../support/world-free.ts";

const nothing = z.strictObject({});
const { look } = stepsOf(createWorld(temporary("endless")));

function runbookOf(machine: AnyStateMachine): Runbook {
  return fromMachine(machine, { title: "Test", input: nothing });
}

/** So many states that lead from one to the next, and from the last to the first. */
function ring(size: number): Readonly<Record<string, { readonly always: string }>> {
  const keys = Array.from({ length: size }, (_, index) => `s${index}`);
  return Object.fromEntries(keys.map((key, index) => [key, { always: keys[(index + 1) % size] ?? key }]));
}

const round = { a: { always: "b" }, b: { always: "a" } } as const;

test.each<readonly [string, AnyStateMachine, string]>([
  ["two states", createMachine({ id: "m", initial: "a", states: round }), "`a`, `b`"],
  [
    "more states than are named",
    createMachine({ id: "m", initial: "s0", states: ring(8) }),
    "`s0`, `s1`, `s2`, `s3`, `s4`, `s5` and 2 more",
  ],
  [
    "a state and itself",
    createMachine({
      id: "m",
      context: { n: 0 },
      initial: "a",
      states: { a: { always: { actions: assign({ n: () => 1 }) } } },
    }),
    "`a`",
  ],
  [
    "a state that tells itself",
    createMachine({
      id: "m",
      initial: "a",
      states: { a: { entry: raise({ type: "GO" }), on: { GO: { target: "a", reenter: true } } } },
    }),
    "`a`",
  ],
  [
    "one of two parallel states, while the other waits",
    createMachine({
      id: "m",
      type: "parallel",
      states: { left: { initial: "a", states: round }, right: { after: { 1000: {} } } },
    }),
    '`{"left":"a","right":{}}`, `{"left":"b","right":{}}`',
  ],
])("the first transition ends although it goes round without end: %s", (_what, machine, states) => {
  expect(() => begin(runbookOf(machine), {})).toThrowError(
    expect.objectContaining({
      code: "ENDLESS_LOOP",
      message: `Runbook \`m\` made 1000 transitions without coming to a step, a question or a wait: it goes through ${states}.`,
    }),
  );
});

test("a later transition ends, too, and says only where it goes round", () => {
  const { start, ...rest } = {
    start: { invoke: { id: "look", src: stepActor(look), onDone: "way" } },
    ...round,
  };
  const states = { start, way: { always: "a" }, ...rest };
  const made = runbookOf(createMachine({ id: "m", initial: "start", states }));
  const { snapshot } = begin(made, {});
  expect(() => advance(made, snapshot, { type: "done", id: "look", output: {} })).toThrowError(
    expect.objectContaining({
      code: "ENDLESS_LOOP",
      message: expect.stringContaining("it goes through `a`, `b`."),
    }),
  );
});

test("an error of a guard stays what it was", () => {
  const guard = (): boolean => {
    throw new RunbookError("NOT_JSON", "the guard's own");
  };
  const made = runbookOf(
    createMachine({ id: "m", initial: "a", states: { a: { always: { guard, target: "b" } }, b: {} } }),
  );
  expect(() => begin(made, {})).toThrowError(/the guard's own/);
});

test("a loop that comes to its end is no endless one", () => {
  const states = {
    a: {
      always: [
        { guard: ({ context }: { context: { n: number } }) => context.n === 900, target: "succeeded" },
        { actions: assign({ n: ({ context }: { context: { n: number } }) => context.n + 1 }) },
      ],
    },
    succeeded: { type: "final" as const },
  };
  const made = runbookOf(createMachine({ id: "m", context: { n: 0 }, initial: "a", states }));
  expect(endOf(begin(made, {}).snapshot)).toBe("succeeded");
});

/** After its step it goes from branch to branch, until it is mended. */
function turning(isMended: () => boolean): Runbook {
  const { step, branch, define } = runbook("turns", { title: "Turns", input: nothing });
  return define({
    look: step(look, () => ({})),
    here: branch([{ when: isMended, to: "succeeded" }]),
    there: branch([{ when: () => true, to: "here" }]),
  });
}

test("a run that goes round without end is parked, and a mended runbook takes it on", async () => {
  let isMended = false;
  const { start, drive, host, types } = bench(turning(() => isMended));
  const run = start({});
  expect(await drive(run)).toMatchObject({ type: "faulted" });
  expect(summarise(host.store.log.events(run)).fault).toMatchObject({
    code: "ENDLESS_LOOP",
    message: expect.stringContaining("it goes through `here`, `there`."),
  });
  expect(await drive(run, { resumed: "as it was" })).toMatchObject({ type: "faulted" });
  isMended = true;
  expect(await drive(run, { resumed: "mended" })).toEqual({ type: "ended", status: "succeeded" });
  expect(types(run)).toEqual([
    "run.started",
    "step.started",
    "step.succeeded",
    "run.faulted",
    "run.resumed",
    "run.resumed",
    "run.succeeded",
  ]);
});

test("a run that is parked because it goes round can be cancelled", async () => {
  const { start, drive, host } = bench(turning(() => false));
  const run = start({});
  expect(await drive(run)).toMatchObject({ type: "faulted" });
  const draft = { run, type: "cancel.requested", actor: ana, data: { reason: "give up" } } as const;
  host.store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
  expect(await drive(run, { resumed: "cancel" })).toEqual({ type: "ended", status: "cancelled" });
});

test("a child runbook that goes round parks its parent", async () => {
  const { branch, define } = runbook("inner", { title: "Inner", input: nothing });
  const inner = define({
    here: branch([{ when: () => true, to: "there" }]),
    there: branch([{ when: () => true, to: "here" }]),
  });
  const outer = runbook("outer", { title: "Outer", input: nothing });
  const { start, drive, host } = bench(outer.define({ inside: outer.child(inner, () => ({})) }));
  const run = start({});
  expect(await drive(run)).toMatchObject({ type: "faulted" });
  expect(summarise(host.store.log.events(run)).fault?.code).toBe("ENDLESS_LOOP");
});

test("a walk along every path ends where the machine goes round", async () => {
  const { paths } = await everyPath(
    turning(() => false),
    { steps: [fake(look, { name: "seen" })] },
  );
  expect(paths.map(({ end, fault }) => `${end} ${fault?.code}`)).toContain("faulted ENDLESS_LOOP");
});
