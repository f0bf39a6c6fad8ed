import { expect, test } from "vitest";
import {
  assign,
  createMachine,
  emit,
  fromPromise,
  log,
  raise,
  sendTo,
  spawnChild,
  stopChild,
  type AnyStateMachine,
} from "xstate";
import { z } from "zod";
import { advance, begin, endOf, persist } from "../../src/engine/machine.ts";
import { stepActor } from "../../src/runbook/actors.ts";
import { fromMachine } from "../../src/runbook/from-machine.ts";
import type { Runbook } from "../../src/runbook/types.ts";
import { createWorld, stepsOf } from "../support/external-world.ts";
import { temporary } from "../support/terraform.ts";

const { look, act } = stepsOf(createWorld(temporary("machine")));

function runbookOf(machine: AnyStateMachine): Runbook {
  return fromMachine(machine, { title: "Test", input: z.strictObject({}) });
}

test("a transition returns what it wants as data: invocations, timers, and their ends", () => {
  const runbook = runbookOf(
    createMachine({
      id: "m",
      initial: "a",
      states: {
        a: { invoke: { id: "look", src: stepActor(look), onDone: "b" }, after: { 5000: "b" } },
        b: { invoke: { id: "act", src: stepActor(act), input: { name: "x" } } },
      },
    }),
  );
  const first = begin(runbook, {});
  expect(first.wants).toEqual([
    {
      type: "arm",
      id: "xstate.after.5000.m.a",
      belongsTo: { state: "a", role: "wait" },
      delay: 5000,
      event: { type: "xstate.after.5000.m.a" },
    },
    { type: "invoke", id: "look", what: { type: "step", step: look }, input: {} },
  ]);
  const done = { type: "done", id: "look", output: { name: "seen" } } as const;
  expect(advance(runbook, first.snapshot, done).wants).toEqual([
    { type: "disarm", id: "xstate.after.5000.m.a" },
    { type: "stop", id: "look" },
    { type: "invoke", id: "act", what: { type: "step", step: act }, input: { name: "x" } },
  ]);
  const fired = { type: "fired", event: { type: "xstate.after.5000.m.a" } } as const;
  expect(advance(runbook, first.snapshot, fired).wants.map(({ type, id }) => `${type} ${id}`)).toEqual([
    "disarm xstate.after.5000.m.a",
    "stop look",
    "invoke act",
  ]);
});

test("the same stimuli give the same snapshots", () => {
  const runbook = runbookOf(
    createMachine({ id: "m", initial: "a", states: { a: { invoke: { id: "look", src: stepActor(look) } } } }),
  );
  expect(persist(runbook, begin(runbook, {}).snapshot)).toEqual(
    persist(runbook, begin(runbook, {}).snapshot),
  );
});

test.each([
  ["an own function", () => {}],
  ["a log", log("hello")],
  ["an emitted event", emit({ type: "hello" })],
  ["an actor that nothing invokes", spawnChild(stepActor(look))],
  ["the end of an actor", stopChild("look")],
  ["a message to another actor", sendTo(() => ({}) as never, { type: "hello" } as never)],
])("%s is refused: work belongs in a step", (_what, entry) => {
  const runbook = runbookOf(
    createMachine({ id: "m", initial: "a", states: { a: { entry: entry as never } } }),
  );
  expect(() => begin(runbook, {})).toThrowError(expect.objectContaining({ code: "RUNBOOK_BROKEN" }));
});

test("assignments and raised events are the machine's own and are accepted", () => {
  const runbook = runbookOf(
    createMachine({
      id: "m",
      context: { n: 0 },
      initial: "a",
      states: {
        a: { entry: [assign({ n: 1 }), raise({ type: "GO" })], on: { GO: "succeeded" } },
        succeeded: { type: "final" },
      },
    }),
  );
  const { snapshot, wants } = begin(runbook, {});
  expect(endOf(snapshot)).toBe("succeeded");
  expect(wants).toEqual([]);
});

test("an actor that is neither a step nor a child run is refused, also where nobody looked for one before", () => {
  const idle = runbookOf(createMachine({ id: "m", initial: "a", states: { a: {} } }));
  const own = fromPromise(() => Promise.resolve(1));
  const machine = createMachine({
    id: "m",
    initial: "a",
    states: { a: { invoke: { id: "mine", src: own } } },
  });
  expect(() => begin({ ...idle, machine }, {})).toThrowError(
    expect.objectContaining({ code: "RUNBOOK_BROKEN", message: expect.stringContaining("`mine`") }),
  );
});

test("a timer that no state has belongs to none", () => {
  const runbook = runbookOf(
    createMachine({
      id: "m",
      initial: "a",
      states: { a: { entry: raise({ type: "GO" }, { id: "own", delay: 10 }) } },
    }),
  );
  expect(begin(runbook, {}).wants).toEqual([
    { type: "arm", id: "own", belongsTo: null, delay: 10, event: { type: "GO" } },
  ]);
});

test("an input that the step does not accept is told with the name of the invocation", () => {
  const runbook = runbookOf(
    createMachine({
      id: "m",
      initial: "a",
      states: { a: { invoke: { id: "act", src: stepActor(act) as never, input: { name: 7 } } } },
    }),
  );
  expect(() => begin(runbook, {})).toThrowError(
    expect.objectContaining({
      code: "STEP_INPUT_MALFORMED",
      message: expect.stringMatching(/`act` a wrong input: name: /),
    }),
  );
});

test.each([
  ["what is no number", Number.NaN, "context.value"],
  ["a date", new Date(0), "context.value"],
  ["a function", () => {}, "context.value"],
])("a context that holds %s is refused by its key", (_what, value, where) => {
  const runbook = runbookOf(createMachine({ id: "m", context: { value }, initial: "a", states: { a: {} } }));
  expect(() => begin(runbook, {})).toThrowError(
    expect.objectContaining({ code: "NOT_JSON", message: expect.stringContaining(where) }),
  );
});
