/** What the compilers of single states share. */
import type { AnyEventObject } from "xstate";
import { RunbookError } from "../model/error.ts";
import type { AnyStep } from "../model/step.ts";
import { stepActor } from "./actors.ts";
import { scopeOf, type Scope, type State } from "./states.ts";
import type { Context } from "./types.ts";

/** A node of a machine's configuration. */
export type StateNode = Readonly<Record<string, unknown>>;

/** What a machine's functions see. */
export interface TransitionArgs {
  readonly context: Context;
  readonly event: AnyEventObject;
}

/** What the nodes of one machine refer to by name. */
export interface MachineParts {
  /** A kind is one step: outputs are looked up by it. */
  readonly kinds: Map<string, AnyStep>;
  readonly actors: Record<string, unknown>;
  readonly delays: Record<string, (args: TransitionArgs) => number>;
}

/** A state and where it stands. `next` is the id of the node that it leads to. */
export interface StateEntry<S = State> {
  readonly name: string;
  readonly state: S;
  readonly next: string;
  readonly parts: MachineParts;
}

type InputMapper = (scope: Scope<never>) => unknown;

/** An invocation of a step under a name of its own. */
export function invoke(
  { parts }: Pick<StateEntry, "parts">,
  id: string,
  step: AnyStep,
  map: InputMapper,
): StateNode {
  const known = parts.kinds.get(step.kind) ?? step;
  if (known !== step)
    throw new RunbookError(
      "RUNBOOK_BROKEN",
      `Two different steps of the runbook are of kind \`${step.kind}\`.`,
    );
  parts.kinds.set(step.kind, step);
  return invocation(parts, { id, src: step.kind, step, map });
}

/** The same for a step whose attempts may take another time than it says itself. */
export function invokeWithin(
  entry: Pick<StateEntry, "parts">,
  id: string,
  step: AnyStep,
  more: { readonly map: InputMapper; readonly timeout: AnyStep["timeout"] },
): StateNode {
  const { map, timeout } = more;
  const usual = invoke(entry, id, step, map);
  if (timeout === undefined) return usual;
  const src = `${step.kind} within ${timeout}`;
  return invocation(entry.parts, { id, src, step: { ...step, timeout }, map });
}

interface StepInvocation {
  readonly id: string;
  readonly src: string;
  readonly step: AnyStep;
  readonly map: InputMapper;
}

function invocation({ actors }: MachineParts, { id, src, step, map }: StepInvocation): StateNode {
  actors[src] ??= stepActor(step);
  return { id, src, input: ({ context }: TransitionArgs): unknown => map(scopeOf(context)) };
}

/** A transition to a state. */
export function to(
  target: string,
  actions?: unknown,
): { readonly target: string; readonly actions?: unknown } {
  return actions === undefined ? { target: `#${target}` } : { target: `#${target}`, actions };
}

/** Whether a person chose this option. */
export function chose(id: string): (args: TransitionArgs) => boolean {
  return ({ event }) => event["output"].choice === id;
}
