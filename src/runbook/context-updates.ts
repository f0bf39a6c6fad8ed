/** What a compiled machine notes in its context. */
import { assign } from "xstate";
import type { Failure } from "../model/error.ts";
import type { Json } from "../model/json.ts";
import type { TransitionArgs } from "./state-compiler.ts";

/** The output of a state that has run. */
export function rememberOutput(name: string, kind: string): unknown {
  return assign({
    outputs: ({ context, event }: TransitionArgs) => ({
      ...context.outputs,
      [name]: event["output"] as Json,
    }),
    latest: ({ context }: TransitionArgs) => ({ ...context.latest, [kind]: name }),
    // What was skipped once and has run since is known after all.
    skipped: ({ context }: TransitionArgs) => without(context.skipped, name),
  });
}

function without<T>(record: Readonly<Record<string, T>>, name: string): Readonly<Record<string, T>> {
  return name in record ? Object.fromEntries(Object.entries(record).filter(([key]) => key !== name)) : record;
}

export function noteFailure(name: string): unknown {
  return assign({
    failures: ({ context, event }: TransitionArgs) => ({
      ...context.failures,
      [name]: event["error"] as Failure,
    }),
  });
}

export function noteSkip(name: string): unknown {
  return assign({
    skipped: ({ context, event }: TransitionArgs) => ({
      ...context.skipped,
      [name]: String(event["output"].reason),
    }),
  });
}

/** A failure that was not critical leaves the state as one that was skipped because of it. */
export function noteMiss(name: string): unknown {
  return assign({
    skipped: ({ context, event }: TransitionArgs) => ({
      ...context.skipped,
      [name]: (event["error"] as Failure).message,
    }),
  });
}

export function countTry(name: string): unknown {
  return assign({
    tries: ({ context }: TransitionArgs) => ({ ...context.tries, [name]: (context.tries[name] ?? 0) + 1 }),
  });
}

export function forgetTries(name: string): unknown {
  return assign({ tries: ({ context }: TransitionArgs) => ({ ...context.tries, [name]: 0 }) });
}
