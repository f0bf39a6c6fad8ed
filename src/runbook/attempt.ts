/**
 * Compiles a state that runs a step or a child runbook:
 *
 *   name: attempt --done--> next, or the first route that applies
 *                 --failed--> backoff --> attempt   (as often as `retry` says)
 *                         --> rescue                (the first that applies)
 *                         --> onFailure, or next when it is not critical
 *                         --> decide: a person retries, skips or cancels
 */
import { toMilliseconds } from "../model/duration.ts";
import type { Failure } from "../model/error.ts";
import { backoffDelay, decisionId } from "../model/state-ids.ts";
import { humanDecide } from "../steps/human-decide.ts";
import { childActor } from "./actors.ts";
import {
  chose,
  invoke,
  invokeWithin,
  to,
  type StateNode,
  type StateEntry,
  type TransitionArgs,
} from "./state-compiler.ts";
import { countTry, forgetTries, noteFailure, noteMiss, noteSkip, rememberOutput } from "./context-updates.ts";
import { marked } from "./roles.ts";
import { scopeOf, type ChildState, type Retry, type Scope, type StepState } from "./states.ts";
import { labelled, conditionText } from "./transition-labels.ts";

type AttemptedState = StepState<string> | ChildState<string>;

export function stepNode(entry: StateEntry<StepState<string>>): StateNode {
  const { name, state, next } = entry;
  const keep = rememberOutput(name, state.step.kind);
  const routes = state.routes.map(({ when, to: target }) => ({
    ...labelled("route", conditionText(when)),
    guard: ({ context, event }: TransitionArgs) => when(event["output"] as never, scopeOf(context)),
    ...to(target, keep),
  }));
  return attempted(entry, {
    ...invokeWithin(entry, name, state.step, { map: state.input, timeout: state.timeout }),
    onDone: [...routes, { ...labelled("next"), ...to(next, keep) }],
  });
}

export function childNode(entry: StateEntry<ChildState<string>>): StateNode {
  const { name, state, next, parts } = entry;
  parts.actors[name] = childActor(state.runbook);
  const input = ({ context }: TransitionArgs) => state.input(scopeOf(context));
  const onDone = { ...labelled("next"), ...to(next, rememberOutput(name, "child")) };
  return attempted(entry, { id: name, src: name, input, onDone });
}

/** Adds to an attempt what every failed attempt gets: automatic retries, rescues, and a person's decision. */
function attempted(entry: StateEntry<AttemptedState>, attempt: StateNode): StateNode {
  const { name, state } = entry;
  const retry = state.type === "step" ? state.retry : undefined;
  const again = {
    ...labelled("retry", retry && `${retry.times} times on ${retry.on.join(", ")}`),
    target: "attempt",
  };
  return {
    id: name,
    ...declaredWrite(entry),
    initial: "attempt",
    ...(retry === undefined ? {} : { entry: forgetTries(name) }),
    states: {
      attempt: { invoke: { ...attempt, onError: [...retrying(name, retry), ...waysOut(entry)] } },
      backoff: { ...marked(name, "backoff"), after: { [pause(entry, retry)]: again } },
      decide: { ...marked(name, "decide"), invoke: decision(entry) },
    },
  };
}

/** What of the declaration of a write has to be known to whoever asks which approval allows it. */
function declaredWrite({ name, state }: StateEntry<AttemptedState>): StateNode {
  if (state.type !== "step" || state.step.effect !== "write") return {};
  const accept = state.accept === undefined ? {} : { accept: state.accept };
  return { meta: { write: { state: name, retries: state.retry?.times ?? 0, ...accept } } };
}

function failure({ event }: TransitionArgs): Failure {
  return event["error"] as Failure;
}

function retrying(name: string, retry: Retry | undefined): readonly StateNode[] {
  if (retry === undefined) return [];
  const guard = (args: TransitionArgs): boolean =>
    retry.on.includes(failure(args).code) && (args.context.tries[name] ?? 0) < retry.times;
  return [{ guard, target: "backoff", actions: [noteFailure(name), countTry(name)] }];
}

/** How long a back-off takes, or the name of the delay that says so. */
function pause({ name, parts }: StateEntry<AttemptedState>, retry: Retry | undefined): number | string {
  if (retry === undefined) return 0;
  const { factor = 1, longest } = retry;
  const first = toMilliseconds(retry.delay);
  if (factor === 1) return first;
  const most = longest === undefined ? Infinity : toMilliseconds(longest);
  const delay = backoffDelay(name);
  parts.delays[delay] = ({ context }) =>
    Math.min(most, Math.round(first * factor ** ((context.tries[name] ?? 1) - 1)));
  return delay;
}

function waysOut({ name, state, next }: StateEntry<AttemptedState>): readonly StateNode[] {
  const rescue = state.type === "step" ? state.rescue : [];
  const rescues = rescue.map(({ when, to: target }) => ({
    ...labelled("rescue", conditionText(when)),
    guard: (args: TransitionArgs) => when(failure(args), scopeOf(args.context)),
    ...to(target, noteFailure(name)),
  }));
  return [...rescues, lastWayOut({ name, state, next }, rescues.length === 0 ? "" : "otherwise")];
}

function lastWayOut(
  { name, state, next }: Pick<StateEntry<AttemptedState>, "name" | "state" | "next">,
  when: string,
): StateNode {
  if (state.onFailure !== undefined)
    return { ...labelled("rescue", when), ...to(state.onFailure, noteFailure(name)) };
  if (state.critical === false)
    return { ...labelled("rescue", "not critical"), ...to(next, [noteFailure(name), noteMiss(name)]) };
  return { target: "decide", actions: noteFailure(name) };
}

/** The decision that comes with every state for free. */
function decision(entry: StateEntry<AttemptedState>): StateNode {
  const { name, state, next } = entry;
  const maySkip = state.type === "step" && state.skip;
  const again = state.type === "step" ? state.retryFrom : undefined;
  const shown = (scope: Scope<never>) => ({
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
  const back = again === undefined ? { target: "attempt" } : to(again);
  const skip = { ...labelled("skip"), guard: chose("skip"), ...to(next, noteSkip(name)) };
  const end = state.onCancel ?? "cancelled";
  return {
    ...invoke(entry, decisionId(name), humanDecide, shown),
    onDone: [
      { ...labelled("again"), guard: chose("retry"), ...back },
      ...(maySkip ? [skip] : []),
      { ...labelled("cancel"), ...to(end) },
    ],
  };
}
