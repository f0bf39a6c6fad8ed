/** xstate itself is the reference: the engine must move a machine exactly as it does, only without actors. */
import { expect, test } from "vitest";
import {
  assign,
  createMachine,
  initialTransition,
  transition,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type ExecutableActionObject,
} from "xstate";
import { z } from "zod";
import { advance, begin, type Transition, type Stimulus, type Want } from "../../src/engine/machine.ts";
import { canonical } from "../../src/model/json.ts";
import { stepActor } from "../../src/runbook/actors.ts";
import { fromMachine } from "../../src/runbook/from-machine.ts";
import type { Runbook } from "../../src/runbook/types.ts";
import { defineStep } from "../../src/model/step.ts";
import { createDice } from "../sim/dice.ts";

const any = defineStep({
  kind: "test.any",
  effect: "read",
  risk: "none",
  timeout: "1s",
  input: z.looseObject({}),
  output: z.looseObject({}),
  describe: () => "anything",
  run: async () => ({}),
});
const src = stepActor(any) as never;
type Scene = {
  readonly context: { readonly n: number; readonly seen: readonly string[] };
  readonly event: never;
};
const count = assign({ n: ({ context }: Scene) => context.n + 1 }) as never;
const note = assign({
  seen: ({ context, event }: Scene) => [...context.seen, (event as { readonly type: string }).type],
}) as never;
const input = (({ context, event }: Scene) => ({
  n: context.n,
  because: (event as { readonly type: string }).type,
})) as never;
const often = (({ context }: Scene) => context.n < 6) as never;
const start = { context: { n: 0, seen: [] as string[] }, entry: note };

const machines: Readonly<Record<string, AnyStateMachine>> = {
  "nested states, routes, retries and timers": createMachine({
    id: "nested",
    ...start,
    initial: "a",
    on: { "*": { actions: note } },
    states: {
      a: {
        initial: "attempt",
        entry: count,
        exit: note,
        states: {
          attempt: {
            invoke: {
              id: "look",
              src,
              input,
              onDone: [{ guard: often, target: "#nested.a" }, "#nested.b"],
              onError: "rest",
            },
            after: { 5000: "rest" },
          },
          rest: { after: { 1000: { target: "attempt", actions: count } } },
        },
        onDone: "b",
      },
      b: {
        invoke: [
          { id: "one", src, input: { fixed: true }, onDone: { actions: count } },
          { id: "two", src, input, onDone: "c", onError: { target: "b", reenter: true, guard: often } },
        ],
      },
      c: { invoke: { src, onDone: "succeeded", onError: "failed" } },
      succeeded: { type: "final" },
      failed: { type: "final" },
    },
  }),
  "regions side by side, an invocation of the whole, and a history": createMachine({
    id: "regions",
    ...start,
    invoke: { id: "whole", src, input, onError: ".aside" },
    initial: "both",
    states: {
      both: {
        type: "parallel",
        states: {
          left: {
            initial: "go",
            states: {
              go: { invoke: { id: "left", src, input, onDone: "over" }, exit: note },
              over: { type: "final" },
            },
          },
          right: {
            initial: "first",
            states: {
              first: { invoke: { id: "right", src, onDone: { target: "second", actions: count } } },
              second: {
                invoke: {
                  id: "right2",
                  src,
                  input,
                  onDone: "over",
                  onError: { target: "first", guard: often },
                },
              },
              over: { type: "final" },
              back: { type: "history" },
            },
          },
        },
        onDone: "succeeded",
      },
      aside: {
        after: { 10: { target: "both.right.back" } },
        always: { guard: (({ context }: Scene) => context.n > 9) as never, target: "succeeded" },
      },
      succeeded: { type: "final" },
    },
  }),
};

interface Told {
  readonly id: string;
  readonly input?: unknown;
  readonly delay?: number;
  readonly sendId?: string;
}

/** What xstate says, in the engine's words. */
function wordsOf({ type, params }: ExecutableActionObject): readonly string[] {
  const { id, input: given, delay, sendId } = (params ?? {}) as Told;
  // The engine takes inputs with their keys in canonical order.
  if (type === "xstate.spawnChild") return [`invoke ${id} ${canonical(given ?? {})}`];
  // It carries the actor's reference.
  if (type === "xstate.stopChild") return [`stop ${id}`];
  if (type === "xstate.raise") return delay === undefined ? [] : [`arm ${id}`];
  if (type === "xstate.cancel") return [`disarm ${sendId}`];
  throw new Error(`unforeseen: ${type}`);
}

function wordsOfWant(want: Want): string {
  return want.type === "invoke"
    ? `invoke ${want.id} ${JSON.stringify(want.input)}`
    : `${want.type} ${want.id}`;
}

function eventOf(stimulus: Stimulus): { readonly type: string } {
  if (stimulus.type === "fired") return stimulus.event as { readonly type: string };
  return stimulus.type === "done"
    ? ({ type: `xstate.done.actor.${stimulus.id}`, output: stimulus.output, actorId: stimulus.id } as never)
    : ({ type: `xstate.error.actor.${stimulus.id}`, error: stimulus.failure, actorId: stimulus.id } as never);
}

type Reference = readonly [AnyMachineSnapshot, readonly ExecutableActionObject[]];

function expectSame({ snapshot, wants }: Transition, [reference, actions]: Reference): void {
  expect([snapshot.status, snapshot.value, snapshot.context]).toEqual([
    reference.status,
    reference.value,
    reference.context,
  ]);
  expect(wants.map(wordsOfWant)).toEqual(actions.flatMap(wordsOf));
}

/** What is wanted and neither done nor stopped yet. */
function stillOpen(open: ReadonlyMap<string, Want>, wants: readonly Want[]): Map<string, Want> {
  const next = new Map(open);
  for (const want of wants) {
    if (want.type === "stop" || want.type === "disarm") next.delete(want.id);
    else next.set(want.id, want);
  }
  return next;
}

/** What the world says next of one of them; null when nothing is open. */
function saidOf(want: Want | undefined, isGood: boolean): Stimulus | null {
  if (want?.type === "arm") return { type: "fired", event: want.event };
  if (want?.type !== "invoke") return null;
  const { id } = want;
  if (isGood) return { type: "done", id, output: { good: true } };
  return { type: "failed", id, failure: { code: "UNEXPECTED", message: "no", hint: "", data: {} } };
}

/** Moves the machine by chance until it ends, and xstate's beside it; returns where it has been. */
function live(machine: AnyStateMachine, runbook: Runbook, seed: number): readonly string[] {
  const dice = createDice(seed);
  const values: string[] = [];
  let moved = begin(runbook, {});
  let reference = initialTransition(machine) as unknown as Reference;
  let open = new Map<string, Want>();
  for (let turn = 0; turn < 40; turn += 1) {
    expectSame(moved, reference);
    values.push(JSON.stringify(moved.snapshot.value));
    open = stillOpen(open, moved.wants);
    const want = [...open.values()][dice.below(open.size)];
    const said = saidOf(want, dice.chance(70));
    if (moved.snapshot.status !== "active" || want === undefined || said === null) break;
    open.delete(want.id);
    reference = transition(machine, reference[0] as never, eventOf(said) as never);
    if (reference[0].status === "error") {
      // xstate keeps the error of an attempt that nothing handles; the engine throws it.
      const { snapshot } = moved;
      expect(() => advance(runbook, snapshot, said)).toThrowError(
        expect.objectContaining({ code: "UNEXPECTED" }),
      );
      break;
    }
    moved = advance(runbook, moved.snapshot, said);
  }
  return values;
}

test.each(Object.entries(machines))("a machine of %s moves as xstate moves it", (_what, machine) => {
  const runbook = fromMachine(machine, { title: "Test", input: z.strictObject({}) });
  const lives = Array.from({ length: 200 }, (_none, seed) => live(machine, runbook, seed));
  expect(new Set(lives.flat()).size).toBeGreaterThan(4);
  expect(lives.filter((values) => values.at(-1) === '"succeeded"').length).toBeGreaterThan(20);
});
