import type { Approvers } from "../model/event.ts";
import type { z } from "zod";
import type { Duration } from "../model/duration.ts";
import { RunbookError, type Failure } from "../model/error.ts";
import type { JsonObject } from "../model/json.ts";
import { backoffDelay, branchEnd, decisionId } from "../model/state-ids.ts";
import type { AnyStep } from "../model/step.ts";
import type { Form } from "./form.ts";
import type { Context, Finding, Runbook } from "./types.ts";

/** The places where every runbook can end. */
export const ends = ["succeeded", "failed", "cancelled"] as const;
export type EndState = (typeof ends)[number];

interface OutputOf<O extends z.core.$ZodType> {
  readonly kind: string;
  readonly output: O;
}

/** What the functions of a runbook may look at. They have no effects and see no clock. */
export interface Scope<I> {
  readonly input: I;
  /** The latest output of a step kind, or of the state `name` that uses it; throws `OUTPUT_MISSING` when it has not run. */
  readonly get: <O extends z.core.$ZodType>(step: OutputOf<O>, name?: string) => z.output<O>;
  readonly find: <O extends z.core.$ZodType>(step: OutputOf<O>, name?: string) => z.output<O> | undefined;
  /** How the state `name` failed last. */
  readonly failure: (name: string) => Failure | undefined;
}

export interface Retry {
  readonly times: number;
  readonly delay: Duration;
  /** Each wait is so many times as long as the one before it; 1 by default. */
  readonly factor?: number;
  /** No wait is longer than this. */
  readonly longest?: Duration;
  /** The failure codes worth another attempt. */
  readonly on: readonly string[];
}

interface CommonState<T extends string> {
  readonly title?: string;
  /** Where to go on; the state below by default. */
  readonly next?: T;
  /** Where a cancelled run that stands here cleans up before it ends. */
  readonly onCancel?: T;
}

/** What becomes of a state that failed and that neither a retry nor a rescue covers: by default a person decides. */
interface FallibleState<T extends string> extends CommonState<T> {
  /** Goes there without asking. */
  readonly onFailure?: T;
  /** `false` notes the failure and goes on as if the state had been skipped. */
  readonly critical?: boolean;
}

export interface StepState<T extends string> extends FallibleState<T> {
  readonly type: "step";
  readonly step: AnyStep;
  /** In place of the step's own limit on an attempt. */
  readonly timeout?: Duration;
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
  readonly accept: string | undefined;
  readonly skip: boolean;
  readonly retryFrom: T | undefined;
  readonly findings: ((output: never, scope: Scope<never>) => readonly Finding[]) | undefined;
  readonly criterion:
    { readonly title: string; readonly passes: (output: never, scope: Scope<never>) => boolean } | undefined;
}

export interface GateState<T extends string> extends CommonState<T> {
  readonly type: "gate";
  readonly shown: (scope: Scope<never>) => unknown;
  readonly onReject: T;
  readonly approvals?: number;
  readonly approvers?: Approvers;
  readonly expires?: Duration;
  readonly usable?: Duration;
  readonly covers?: readonly T[];
}

export interface ChoiceOption<T extends string, I> {
  readonly label: string;
  readonly to: T;
  readonly danger?: boolean;
  readonly suggested?: (scope: Scope<I>) => boolean;
  /** The writes that choosing it allows; by default the one to which it leads straight. */
  readonly covers?: readonly T[];
}

export interface ChoiceState<T extends string> extends CommonState<T> {
  readonly type: "choice";
  readonly shown: (scope: Scope<never>) => JsonObject & { readonly title: string };
  readonly options: Readonly<Record<string, ChoiceOption<T, never>>>;
}

/** A form that a person fills in while the run waits. */
export interface AskState<T extends string> extends CommonState<T> {
  readonly type: "ask";
  readonly form: Form;
  readonly shown: (scope: Scope<never>) => string;
}

/** A step that a person does. */
export interface ManualState<T extends string> extends FallibleState<T> {
  readonly type: "manual";
  readonly shown: (scope: Scope<never>) => Instruction;
}

/** What a person is to do, and what shows that it was done. */
export interface Instruction {
  readonly title: string;
  readonly lines?: readonly string[];
}

/** Steps and child runbooks that run at once; it is done when all of them are. */
export interface ParallelState<T extends string> extends CommonState<T> {
  readonly type: "parallel";
  readonly branches: Readonly<Record<string, StepState<T> | ChildState<T>>>;
}

/** A fork that needs nobody: the first way that applies. */
export interface BranchState<T extends string> extends CommonState<T> {
  readonly type: "branch";
  readonly ways: readonly { readonly when: (scope: Scope<never>) => boolean; readonly to: T }[];
}

export interface ChildState<T extends string> extends FallibleState<T> {
  readonly type: "child";
  readonly runbook: Runbook;
  readonly input: (scope: Scope<never>) => unknown;
}

export interface WaitState<T extends string> extends CommonState<T> {
  readonly type: "wait";
  readonly duration: (scope: Scope<never>) => string;
}

/** One state of a runbook file; `T` are the names it may jump to. */
export type State<T extends string = string> =
  | StepState<T>
  | GateState<T>
  | ChoiceState<T>
  | AskState<T>
  | ManualState<T>
  | ChildState<T>
  | ParallelState<T>
  | BranchState<T>
  | WaitState<T>;

/** Every state by its name, those inside parallel ones too; throws `RUNBOOK_BROKEN` when two have one name. */
export function allStates(states: Readonly<Record<string, State>>): Readonly<Record<string, State>> {
  const all = Object.entries(states).flatMap(([name, state]) => [
    [name, state] as const,
    ...(state.type === "parallel" ? Object.entries(state.branches) : []),
  ]);
  const names = all.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new RunbookError("RUNBOOK_BROKEN", `Two states of the runbook are called \`${twice}\`.`);
  const taken = new Set(all.flatMap(([name, state]) => namesInside(name, state)));
  const clash = names.find((name) => taken.has(name));
  if (clash !== undefined)
    throw new RunbookError(
      "RUNBOOK_BROKEN",
      `The state \`${clash}\` has the name of something that is made inside another state: call it otherwise.`,
    );
  return Object.fromEntries(all);
}

/** The names that the compiler gives to what it makes inside a state. */
function namesInside(name: string, state: State): readonly string[] {
  if (state.type === "step" || state.type === "child") return [decisionId(name), backoffDelay(name)];
  return state.type === "parallel" ? Object.keys(state.branches).map(branchEnd) : [];
}

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
