import type { z } from "zod";
import type { Duration } from "../model/duration.ts";
import { RunbookError, type Failure } from "../model/error.ts";
import type { JsonObject } from "../model/json.ts";
import type { AnyStep } from "../model/step.ts";
import type { Context, Finding, Runbook } from "./types.ts";

/** The places where every runbook can end. */
export const ends = ["succeeded", "failed", "cancelled"] as const;
export type End = (typeof ends)[number];

interface Typed<O extends z.ZodType> {
  readonly kind: string;
  readonly output: O;
}

/** What the functions of a runbook may look at. They have no effects and see no clock. */
export interface Scope<I> {
  readonly input: I;
  /** The latest output of a step kind, or of the state `name` that uses it; throws `OUTPUT_MISSING` when it has not run. */
  readonly get: <O extends z.ZodType>(step: Typed<O>, name?: string) => z.output<O>;
  readonly find: <O extends z.ZodType>(step: Typed<O>, name?: string) => z.output<O> | undefined;
  /** How the state `name` failed last. */
  readonly failure: (name: string) => Failure | undefined;
}

export interface Retry {
  readonly times: number;
  readonly delay: Duration;
  /** The failure codes worth another attempt. */
  readonly on: readonly string[];
}

interface Common<T extends string> {
  readonly title?: string;
  /** Where to go on; the state below by default. */
  readonly next?: T;
}

export interface StepState<T extends string> extends Common<T> {
  readonly type: "step";
  readonly step: AnyStep;
  readonly input: (scope: Scope<never>) => unknown;
  readonly routes: readonly {
    readonly when: (output: never, scope: Scope<never>) => boolean;
    readonly to: T;
  }[];
  readonly rescue: readonly {
    readonly when: (failure: Failure, scope: Scope<never>) => boolean;
    readonly to: T;
  }[];
  readonly retry: Retry | undefined;
  readonly skip: boolean;
  readonly again: T | undefined;
  readonly findings: ((output: never, scope: Scope<never>) => readonly Finding[]) | undefined;
  readonly criterion:
    { readonly title: string; readonly passes: (output: never, scope: Scope<never>) => boolean } | undefined;
}

export interface GateState<T extends string> extends Common<T> {
  readonly type: "gate";
  readonly shown: (scope: Scope<never>) => unknown;
  readonly onReject: T;
}

export interface ChoiceOption<T extends string, I> {
  readonly label: string;
  readonly to: T;
  readonly danger?: boolean;
  readonly suggested?: (scope: Scope<I>) => boolean;
}

export interface ChoiceState<T extends string> extends Common<T> {
  readonly type: "choice";
  readonly shown: (scope: Scope<never>) => JsonObject & { readonly title: string };
  readonly options: Readonly<Record<string, ChoiceOption<T, never>>>;
}

export interface ChildState<T extends string> extends Common<T> {
  readonly type: "child";
  readonly runbook: Runbook;
  readonly input: (scope: Scope<never>) => unknown;
}

export interface WaitState<T extends string> extends Common<T> {
  readonly type: "wait";
  readonly duration: (scope: Scope<never>) => string;
}

/** One state of a runbook file; `T` are the names it may jump to. */
export type State<T extends string = string> =
  StepState<T> | GateState<T> | ChoiceState<T> | ChildState<T> | WaitState<T>;

/** The view of a context that a runbook's functions get. */
export function scopeOf(context: Context): Scope<never> {
  function find(step: { readonly kind: string }, name?: string): unknown {
    const state = name ?? context.latest[step.kind];
    return state === undefined ? undefined : context.outputs[state];
  }
  function get(step: { readonly kind: string }, name?: string): unknown {
    const output = find(step, name);
    if (output !== undefined) return output;
    throw new RunbookError(
      "OUTPUT_MISSING",
      `The runbook read the output of \`${name ?? step.kind}\` before it has run.`,
    );
  }
  const failure = (name: string): Failure | undefined => context.failures[name];
  // Outputs were parsed by the step's own schema when they were stored, and the input by the runbook's.
  return { input: context.input, get, find, failure } as unknown as Scope<never>;
}
