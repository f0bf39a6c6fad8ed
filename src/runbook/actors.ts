import { fromPromise, type PromiseActorLogic } from "xstate";
import type { AnyStep } from "../model/step.ts";
import type { Invoked, Runbook } from "./types.ts";

/** Actor logic that is never run: the engine reads `invoked` and does the work itself. */
export type InvokedLogic = PromiseActorLogic<unknown> & { readonly invoked: Invoked };

/** Lets a plain xstate machine invoke a step: `setup({ actors: { plan: stepActor(terraformPlan) } })`. */
export function stepActor(step: AnyStep): InvokedLogic {
  return logic({ type: "step", step });
}

/** Lets a plain xstate machine start another runbook as a run of its own. */
export function childActor(runbook: Runbook): InvokedLogic {
  return logic({ type: "child", runbook });
}

function logic(invoked: Invoked): InvokedLogic {
  const never = fromPromise<unknown, unknown>(() =>
    Promise.reject(new Error("A runbook's actors are data: the engine runs the steps.")),
  );
  return Object.assign(never, { invoked });
}

export function invokedBy(actor: unknown): Invoked | undefined {
  if (typeof actor !== "object" || actor === null || !("invoked" in actor)) return undefined;
  return (actor as InvokedLogic).invoked;
}
