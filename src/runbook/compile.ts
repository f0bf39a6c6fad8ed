/**
 * Compiles the states of a runbook file to an ordinary xstate machine, which only says what is wanted; the engine does it.
 */
import { createMachine, type AnyStateMachine } from "xstate";
import type { z } from "zod";
import { toMilliseconds } from "../model/duration.ts";
import type { JsonObject } from "../model/json.ts";
import { branchEnd } from "../model/state-ids.ts";
import { childNode, stepNode } from "./attempt.ts";
import {
  to,
  type StateNode,
  type MachineParts,
  type StateEntry,
  type TransitionArgs,
} from "./state-compiler.ts";
import { askNode, choiceNode, gateNode, manualNode } from "./human-states.ts";
import { allStates, ends, scopeOf, type BranchState, type ParallelState, type State } from "./states.ts";
import { refuseUnknownTargets } from "./targets.ts";
import { cancelEvent, type Context, type Runbook } from "./types.ts";
import { labelled, conditionText } from "./transition-labels.ts";

export function compile(id: string, states: Readonly<Record<string, State>>): AnyStateMachine {
  const names = Object.keys(states);
  const parts: MachineParts = { kinds: new Map(), actors: {}, delays: {} };
  const nodes = Object.entries(states).map(([name, state], index) => {
    const next = state.next ?? names[index + 1] ?? "succeeded";
    return [name, node({ name, state, next, parts })] as const;
  });
  const finals = ends.map((end) => [end, { id: end, type: "final" }] as const);
  refuseUnknownTargets([...nodes, ...finals]);
  const config = {
    id,
    context: ({ input }: { readonly input?: JsonObject }): Context => ({
      // xstate also calls this with no input at every transition, and drops what it returns.
      input: input ?? {},
      outputs: {},
      latest: {},
      failures: {},
      skipped: {},
      tries: {},
    }),
    initial: names[0] ?? "succeeded",
    states: Object.fromEntries([...nodes, ...finals]),
  };
  return createMachine(
    config as never,
    { actors: parts.actors, delays: parts.delays } as never,
  ) as AnyStateMachine;
}

function node(entry: StateEntry): StateNode {
  const { state } = entry;
  const made = stateNode(entry);
  return state.onCancel === undefined
    ? made
    : { ...made, on: { [cancelEvent]: { ...labelled("cleanup"), ...to(state.onCancel) } } };
}

function stateNode(entry: StateEntry): StateNode {
  const { name, state, next, parts } = entry;
  switch (state.type) {
    case "step":
      return stepNode({ ...entry, state });
    case "gate":
      return gateNode({ ...entry, state });
    case "choice":
      return choiceNode({ ...entry, state });
    case "ask":
      return askNode({ ...entry, state });
    case "manual":
      return manualNode({ ...entry, state });
    case "child":
      return childNode({ ...entry, state });
    case "parallel":
      return parallelNode({ ...entry, state });
    case "branch":
      return { id: name, always: [...state.ways.map(way), { ...labelled("next"), ...to(next) }] };
    case "wait":
      parts.delays[name] = ({ context }) => toMilliseconds(state.duration(scopeOf(context)));
      return { id: name, after: { [name]: { ...labelled("timer"), ...to(next) } } };
  }
}

function way({ when, to: target }: BranchState<string>["ways"][number]): StateNode {
  const guard = ({ context }: TransitionArgs): boolean => when(scopeOf(context));
  return { ...labelled("route", conditionText(when)), guard, ...to(target) };
}

/** Each branch is a region that ends in a state of its own; together they lead on. */
function parallelNode(entry: StateEntry<ParallelState<string>>): StateNode {
  const { name, state, next, parts } = entry;
  const regions = Object.entries(state.branches).map(([branch, inner]) => {
    const done = branchEnd(branch);
    const states = {
      [branch]: node({ name: branch, state: inner, next: done, parts }),
      done: { id: done, type: "final" },
    };
    return [branch, { initial: branch, states }] as const;
  });
  const onDone = { ...labelled("next"), ...to(next) };
  return { id: name, type: "parallel", states: Object.fromEntries(regions), onDone };
}

export function familyOf<I extends z.core.$ZodType>(
  runbook: Omit<Runbook<I>, "family">,
  states: Readonly<Record<string, State>>,
): Runbook<I> {
  const family = new Map<string, Runbook>();
  const whole: Runbook<I> = { ...runbook, family };
  family.set(whole.id, whole);
  for (const state of Object.values(allStates(states))) {
    if (state.type === "child") for (const [id, member] of state.runbook.family) family.set(id, member);
  }
  return whole;
}
