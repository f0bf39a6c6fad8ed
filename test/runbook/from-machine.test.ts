import { expect, test } from "vitest";
import { assign, createMachine, fromPromise, setup } from "xstate";
import { z } from "zod";
import { childActor, stepActor } from "../../src/runbook/actors.ts";
import { runbook } from "../../src/runbook/define.ts";
import { fromMachine } from "../../src/runbook/from-machine.ts";
import { createWorld, stepsOf } from "../support/external-world.ts";
import { temporary } from "../support/terraform.ts";
import { bench } from "../support/world-free.ts";

const Input = z.strictObject({ name: z.string() });

function parallel() {
  const world = createWorld(temporary("machine"));
  const { look, act } = stepsOf(world);
  const machine = setup({
    types: { context: {} as { name: string; seen: string | null }, input: {} as { name: string } },
    actors: { look: stepActor(look), act: stepActor(act) },
  }).createMachine({
    id: "parallel",
    context: ({ input }) => ({ name: input.name, seen: null }),
    initial: "both",
    states: {
      both: {
        type: "parallel",
        states: {
          left: {
            initial: "looking",
            states: {
              looking: {
                invoke: {
                  id: "look",
                  src: "look",
                  input: {},
                  onDone: { target: "seen", actions: assign({ seen: ({ event }) => event.output.name }) },
                },
              },
              seen: { type: "final" },
            },
          },
          right: {
            initial: "acting",
            states: {
              acting: {
                description: "Act on it",
                invoke: {
                  id: "act",
                  src: "act",
                  input: ({ context: { name } }) => ({ name }),
                  onDone: "acted",
                },
              },
              acted: { type: "final" },
            },
          },
        },
        onDone: "done",
      },
      done: { type: "final" },
    },
  });
  return { world, machine };
}

test("a plain machine whose actors are steps runs like any runbook, two steps at once", async () => {
  const { world, machine } = parallel();
  const made = fromMachine(machine, {
    title: "Parallel",
    input: Input,
    criteria: {
      seen: {
        title: "it was seen",
        step: "look",
        verdict: ({ seen }) => (seen === "seen" ? "pass" : "pending"),
      },
    },
  });
  expect(made.steps).toEqual([
    { step: "look", title: "look" },
    { step: "act", title: "Act on it" },
  ]);
  const { start, drive, types } = bench(made);
  const run = start({ name: "both" });
  expect(await drive(run)).toEqual({ type: "ended", status: "succeeded" });
  expect(types(run).slice(0, 3)).toEqual(["run.started", "step.started", "step.started"]);
  expect(types(run).filter((type) => type === "step.succeeded")).toHaveLength(2);
  expect(world.effects()).toEqual(["both"]);
});

test("a plain machine may hold its step itself and start other runbooks", async () => {
  const { look } = stepsOf(createWorld(temporary("machine")));
  const inner = runbook("inner", { title: "Inner", input: z.strictObject({}) });
  const child = inner.define({ look: inner.step(look, () => ({})) });
  const machine = createMachine({
    id: "holds",
    initial: "look",
    states: {
      look: { invoke: { id: "look", src: stepActor(look), onDone: "inside" } },
      inside: { invoke: { id: "inside", src: childActor(child), onDone: "succeeded" } },
      succeeded: { type: "final" },
    },
  });
  const made = fromMachine(machine, { title: "Holds", input: z.strictObject({}) });
  expect([...made.family.keys()]).toEqual(["holds", "inner"]);
  const { start, drive, host } = bench(made);
  const run = start({});
  expect(await drive(run)).toEqual({ type: "ended", status: "succeeded" });
  expect(host.store.runTree(run)).toHaveLength(2);
});

test("an actor that is neither a step nor a runbook is refused by name", () => {
  const machine = createMachine({
    id: "acts",
    initial: "x",
    states: { x: { invoke: { id: "fetch", src: fromPromise(async () => 1) } } },
  });
  expect(() => fromMachine(machine, { title: "Acts", input: z.strictObject({}) })).toThrowError(
    expect.objectContaining({ code: "RUNBOOK_BROKEN", message: expect.stringContaining("`fetch`") }),
  );
});

test.each(["failed", "cancelled"] as const)("a machine that ends in %s has %s", async (end) => {
  const { look } = stepsOf(createWorld(temporary("machine")));
  const machine = createMachine({
    id: "ends",
    initial: "look",
    states: { look: { invoke: { id: "look", src: stepActor(look), onDone: end } }, [end]: { type: "final" } },
  });
  const { start, drive } = bench(fromMachine(machine, { title: "Ends", input: z.strictObject({}) }));
  expect(await drive(start({}))).toEqual({ type: "ended", status: end });
});
