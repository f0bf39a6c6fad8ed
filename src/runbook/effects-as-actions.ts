/**
 * A runbook's machine as the engine moves it: entering a state that invokes something is an action that starts it, and
 * leaving the state one that stops it. xstate itself makes an actor of each invocation, which nobody here ever starts:
 * that took most of a transition's time (docs/decisions, `node bench/run.js steps`).
 */
import { createMachine, type AnyStateMachine, type AnyStateNode } from "xstate";
import { invocationsOf, type Invocation } from "./actors.ts";
import { doneEvent, failedEvent } from "./event-types.ts";

/** What such an action asks for: its `params`. */
export type ActorEffect = { readonly starts: Invocation } | { readonly stops: string };

/** A machine that goes on for longer without waiting for anything is told to be an endless loop, and goes no further. */
export const mostMicrosteps = 1_000;

const asked = new WeakSet<object>();
const known = new WeakMap<AnyStateMachine, AnyStateMachine>();

/** What an action with these `params` asks for; undefined when it is one of the runbook's own. */
export function effectOf(params: unknown): ActorEffect | undefined {
  // Only what `withoutActors` has made is in the set, so nobody else can ask.
  return typeof params === "object" && params !== null && asked.has(params)
    ? (params as ActorEffect)
    : undefined;
}

/** The same states and ways without actors; made once of each machine. */
export function withoutActors(machine: AnyStateMachine): AnyStateMachine {
  const found = known.get(machine);
  if (found !== undefined) return found;
  const config = { ...configOf(machine.root), options: { maxIterations: mostMicrosteps } };
  const made: AnyStateMachine = createMachine(config as never, machine.implementations as never);
  addActions(machine, machine.root, made.root);
  known.set(machine, made);
  return made;
}

function configOf(node: AnyStateNode): object {
  const { invoke, ...config } = node.config;
  const states = Object.entries<AnyStateNode>(node.states).map(([key, state]) => [key, configOf(state)]);
  const ways = [invoke ?? []].flat().flatMap(({ onDone, onError }, index) => {
    const id = node.invoke[index]?.id ?? "";
    const both = [
      [doneEvent(id), onDone],
      [failedEvent(id), onError],
    ];
    return both.filter(([, way]) => way !== undefined);
  });
  return {
    ...config,
    ...(ways.length === 0 ? {} : { on: { ...config.on, ...Object.fromEntries(ways) } }),
    ...(states.length === 0 ? {} : { states: Object.fromEntries(states) }),
  };
}

/** To the machine that is made, because they come after its timers, which are no part of its configuration. */
function addActions(machine: AnyStateMachine, from: AnyStateNode, to: AnyStateNode): void {
  for (const invocation of invocationsOf(machine, from)) {
    to.entry.push(action("runwright.start", { starts: invocation }));
    to.exit.push(action("runwright.stop", { stops: invocation.id }));
  }
  for (const [key, state] of Object.entries<AnyStateNode>(from.states)) {
    const same = to.states[key];
    if (same !== undefined) addActions(machine, state, same);
  }
}

function action(type: string, params: ActorEffect): { readonly type: string; readonly params: ActorEffect } {
  asked.add(params);
  return { type, params };
}
