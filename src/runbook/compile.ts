/**
 * Compiles the states of a runbook file to an ordinary xstate machine. A state that runs a step becomes
 *
 *   name: attempt --done--> next, or the first route that applies
 *                 --failed--> backoff --> attempt   (as often as `retry` says)
 *                         --> rescue                (the first that applies)
 *                         --> decide: a person retries, skips or cancels
 *
 * The machine only says what is wanted; the engine does it.
 */
import { assign, createMachine, type AnyEventObject, type AnyStateMachine } from "xstate";
import { toMilliseconds } from "../model/duration.ts";
import { RunbookError, type Failure } from "../model/error.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { AnyStep } from "../model/step.ts";
import { humanConfirm } from "../steps/human-confirm.ts";
import { humanDecide } from "../steps/human-decide.ts";
import { childActor, stepActor } from "./actors.ts";
import { ends, scopeOf, type ChoiceState, type State, type StepState } from "./states.ts";
import type { Context, Runbook } from "./types.ts";
import { labelled, wordsOf } from "./ways.ts";

type Node = Readonly<Record<string, unknown>>;
type Scene = { readonly context: Context; readonly event: AnyEventObject };

interface Parts {
  /** A kind is one step: outputs are looked up by it. */
  readonly kinds: Map<string, AnyStep>;
  readonly actors: Record<string, unknown>;
  readonly delays: Record<string, (scene: Scene) => number>;
}

export function compile(id: string, states: Readonly<Record<string, State>>): AnyStateMachine {
  const names = Object.keys(states);
  const parts: Parts = { kinds: new Map(), actors: {}, delays: {} };
  const nodes = Object.entries(states).map(([name, state], index) => {
    const next = state.next ?? names[index + 1] ?? "succeeded";
    return [name, node({ name, state, next, parts })] as const;
  });
  const finals = ends.map((end) => [end, { id: end, type: "final" }] as const);
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

interface Place<S = State> {
  readonly name: string;
  readonly state: S;
  readonly next: string;
  readonly parts: Parts;
}

function node(place: Place): Node {
  const { name, state, next, parts } = place;
  switch (state.type) {
    case "step":
      return stepNode({ ...place, state });
    case "gate":
      return gateNode({ ...place, state });
    case "choice":
      return choiceNode({ ...place, state });
    case "child": {
      parts.actors[name] = childActor(state.runbook);
      const input = ({ context }: Scene) => state.input(scopeOf(context));
      const onDone = { ...labelled("next"), ...to(next, remember(name, "child")) };
      return attempted(place, { invoke: { id: name, src: name, input, onDone } });
    }
    case "wait":
      parts.delays[name] = ({ context }) => toMilliseconds(state.duration(scopeOf(context)));
      return { id: name, after: { [name]: { ...labelled("timer"), ...to(next) } } };
  }
}

function stepNode(place: Place<StepState<string>>): Node {
  const { name, state, next } = place;
  const routes = state.routes.map(({ when, to: target }) => ({
    ...labelled("route", wordsOf(when)),
    guard: ({ context, event }: Scene) => when(event["output"] as never, scopeOf(context)),
    ...to(target, remember(name, state.step.kind)),
  }));
  return attempted(place, {
    invoke: {
      ...invoke(place, name, state.step, state.input),
      onDone: [...routes, { ...labelled("next"), ...to(next, remember(name, state.step.kind)) }],
    },
  });
}

function failure({ event }: Scene): Failure {
  return event["error"] as Failure;
}

/** Adds to an `attempt` what every failed attempt gets: automatic retries, rescues, and a person's decision. */
function attempted(place: Place, attempt: { readonly invoke: Node }): Node {
  const { name, state } = place;
  const retry = state.type === "step" ? state.retry : undefined;
  const rescue = state.type === "step" ? state.rescue : [];
  const onError = [
    {
      guard: (scene: Scene) =>
        retry !== undefined &&
        retry.on.includes(failure(scene).code) &&
        (scene.context.tries[name] ?? 0) < retry.times,
      target: "backoff",
      actions: [noteFailure(name), countTry(name)],
    },
    ...rescue.map(({ when, to: target }) => ({
      ...labelled("rescue", wordsOf(when)),
      guard: (scene: Scene) => when(failure(scene), scopeOf(scene.context)),
      ...to(target, noteFailure(name)),
    })),
    { target: "decide", actions: noteFailure(name) },
  ];
  const again = {
    ...labelled("retry", retry && `${retry.times} times on ${retry.on.join(", ")}`),
    target: "attempt",
  };
  return {
    id: name,
    initial: "attempt",
    ...(retry === undefined ? {} : { entry: resetTries(name) }),
    states: {
      attempt: { invoke: { ...attempt.invoke, onError } },
      backoff: { after: { [retry ? toMilliseconds(retry.delay) : 0]: again } },
      decide: { invoke: decision(place) },
    },
  };
}

/** The decision that comes with every state for free. */
function decision(place: Place): Node {
  const { name, state, next } = place;
  const maySkip = state.type === "step" && state.skip;
  const again = state.type === "step" ? state.again : undefined;
  const shown = (scope: ReturnType<typeof scopeOf>) => ({
    title: `${state.title ?? name} failed`,
    summary: scope.failure(name)?.message ?? "",
    lines: [scope.failure(name)?.hint ?? ""],
    options: [
      {
        id: "retry",
        label: again === undefined ? `Try ${name} again` : `Go back to ${again}`,
        danger: false,
        reasonNeeded: false,
      },
      {
        id: "skip",
        label: `Skip ${name} and go on`,
        danger: true,
        reasonNeeded: true,
        ...(maySkip ? {} : { disabled: "a later step needs it" }),
      },
      { id: "cancel", label: "Cancel the run", danger: true, reasonNeeded: true },
    ],
  });
  return {
    ...invoke(place, `${name}.decide`, humanDecide, shown),
    onDone: [
      {
        ...labelled("again"),
        guard: chose("retry"),
        ...(again === undefined ? { target: "attempt" } : to(again)),
      },
      ...(maySkip ? [{ ...labelled("skip"), guard: chose("skip"), ...to(next, noteSkip(name)) }] : []),
      { ...labelled("cancel"), ...to("cancelled") },
    ],
  };
}

function gateNode(place: Place & { readonly state: { readonly type: "gate" } }): Node {
  const { name, state, next } = place;
  const keep = remember(name, humanConfirm.kind);
  return {
    id: name,
    invoke: {
      ...invoke(place, name, humanConfirm, state.shown),
      onDone: [
        {
          ...labelled("approved"),
          guard: ({ event }: Scene) => event["output"].approved === true,
          ...to(next, keep),
        },
        { ...labelled("rejected"), ...to(state.onReject, keep) },
      ],
    },
  };
}

function choiceNode(place: Place<ChoiceState<string>>): Node {
  const { name, state } = place;
  const shown = (scope: ReturnType<typeof scopeOf>) => ({
    ...state.shown(scope),
    options: Object.entries(state.options).map(([id, option]) => ({
      id,
      label: option.label,
      danger: option.danger ?? false,
      suggested: option.suggested?.(scope) ?? false,
      reasonNeeded: option.danger ?? false,
    })),
  });
  const onDone = Object.entries(state.options).map(([id, option]) => ({
    ...labelled("option", option.label),
    guard: chose(id),
    ...to(option.to, remember(name, humanDecide.kind)),
  }));
  return { id: name, invoke: { ...invoke(place, name, humanDecide, shown), onDone } };
}

function invoke(
  { parts }: Place,
  id: string,
  step: AnyStep,
  map: (scope: ReturnType<typeof scopeOf>) => unknown,
): Node {
  const known = parts.kinds.get(step.kind) ?? step;
  if (known !== step)
    throw new RunbookError(
      "RUNBOOK_BROKEN",
      `Two different steps of the runbook are of kind \`${step.kind}\`.`,
    );
  parts.kinds.set(step.kind, step);
  parts.actors[step.kind] ??= stepActor(step);
  return {
    id,
    src: step.kind,
    input: ({ context }: Scene): unknown => map(scopeOf(context)),
  };
}

function to(target: string, actions?: unknown): { readonly target: string; readonly actions?: unknown } {
  return actions === undefined ? { target: `#${target}` } : { target: `#${target}`, actions };
}

function chose(id: string): (scene: Scene) => boolean {
  return ({ event }) => event["output"].choice === id;
}

function remember(name: string, kind: string): unknown {
  return assign({
    outputs: ({ context, event }: Scene) => ({ ...context.outputs, [name]: event["output"] as Json }),
    latest: ({ context }: Scene) => ({ ...context.latest, [kind]: name }),
    // What was skipped once and has run since is known after all.
    skipped: ({ context }: Scene) => without(context.skipped, name),
  });
}

function without<T>(record: Readonly<Record<string, T>>, name: string): Readonly<Record<string, T>> {
  return name in record ? Object.fromEntries(Object.entries(record).filter(([key]) => key !== name)) : record;
}

function noteFailure(name: string): unknown {
  return assign({
    failures: ({ context, event }: Scene) => ({ ...context.failures, [name]: event["error"] as Failure }),
  });
}

function noteSkip(name: string): unknown {
  return assign({
    skipped: ({ context, event }: Scene) => ({ ...context.skipped, [name]: String(event["output"].reason) }),
  });
}

function resetTries(name: string): unknown {
  return assign({ tries: ({ context }: Scene) => ({ ...context.tries, [name]: 0 }) });
}

function countTry(name: string): unknown {
  return assign({
    tries: ({ context }: Scene) => ({ ...context.tries, [name]: (context.tries[name] ?? 0) + 1 }),
  });
}

export function familyOf(runbook: Omit<Runbook, "family">, states: Readonly<Record<string, State>>): Runbook {
  const family = new Map<string, Runbook>();
  const whole: Runbook = { ...runbook, family };
  family.set(whole.id, whole);
  for (const state of Object.values(states)) {
    if (state.type === "child") for (const [id, member] of state.runbook.family) family.set(id, member);
  }
  return whole;
}
