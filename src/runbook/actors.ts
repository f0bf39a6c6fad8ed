import {
  fromPromise,
  type AnyStateMachine,
  type AnyStateNode,
  type NonReducibleUnknown,
  type PromiseActorLogic,
} from "xstate";
import type { z } from "zod";
import type { JsonObject } from "../model/json.ts";
import type { Role } from "../model/state-ids.ts";
import type { AnyStep } from "../model/step.ts";
import { roleInside } from "./roles.ts";
import type { Invoked, Runbook } from "./types.ts";

/** Actor logic that is never run: the engine reads `invoked` and does the work itself. */
export type InvokedLogic<
  O = unknown,
  I extends NonReducibleUnknown = NonReducibleUnknown,
> = PromiseActorLogic<O, I> & { readonly invoked: Invoked };

/** Lets a plain xstate machine invoke a step: `setup({ actors: { plan: stepActor(terraformPlan) } })`. */
export function stepActor<S extends AnyStep>(
  step: S,
): InvokedLogic<z.output<S["output"]>, z.input<S["input"]> & NonReducibleUnknown> {
  return logic({ type: "step", step });
}

/** Lets a plain xstate machine start another runbook as a run of its own. */
export function childActor(runbook: Runbook): InvokedLogic<{ run: string; status: string }, JsonObject> {
  return logic({ type: "child", runbook });
}

function logic<O, I extends NonReducibleUnknown>(invoked: Invoked): InvokedLogic<O, I> {
  const never = fromPromise<O, I>(() =>
    Promise.reject(new Error("A runbook's actors are data: the engine runs the steps.")),
  );
  return Object.assign(never, { invoked });
}

function invokedBy(actor: unknown): Invoked | undefined {
  if (typeof actor !== "object" || actor === null || !("invoked" in actor)) return undefined;
  return (actor as InvokedLogic).invoked;
}

/** Something that a state of a machine invokes. */
export interface Invocation {
  readonly id: string;
  readonly role: Role;
  /** What it stands for; undefined when it is neither a step nor a child runbook. */
  readonly what: Invoked | undefined;
  /** The value that it is given, or a function of the scene that makes it. */
  readonly input: unknown;
}

/** What a node of a machine invokes itself, whether the machine names the actor or holds it. */
export function invocationsOf(machine: AnyStateMachine, node: AnyStateNode): readonly Invocation[] {
  const sources = [node.config.invoke ?? []].flat();
  const role = roleInside(node)?.role ?? "attempt";
  return node.invoke.map(({ id, input }, index) => {
    const source: unknown = sources[index]?.src;
    const actor: unknown = typeof source === "string" ? machine.implementations.actors[source] : source;
    return { id, role, what: invokedBy(actor), input };
  });
}
