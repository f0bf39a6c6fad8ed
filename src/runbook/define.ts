import type { z } from "zod";
import type { Duration } from "../model/duration.ts";
import type { JsonObject } from "../model/json.ts";
import type { AnyStep } from "../model/step.ts";
import type { humanConfirm } from "../steps/human-confirm.ts";
import { compile, familyOf } from "./compile.ts";
import type { Form } from "./form.ts";
import {
  allStates,
  scopeOf,
  type AskState,
  type BranchState,
  type ChildState,
  type ChoiceOption,
  type ChoiceState,
  type EndState,
  type GateState,
  type Instruction,
  type ManualState,
  type ParallelState,
  type Retry,
  type Scope,
  type State,
  type StepState,
  type WaitState,
} from "./states.ts";
import type { Approvers } from "../model/event.ts";
import type { Failure } from "../model/error.ts";
import type { Context, Criterion, Finding, FollowUp, Runbook } from "./types.ts";

interface RunbookHeader<I extends z.core.$ZodType> {
  readonly title: string;
  readonly input: I;
  /** What must not be acted on by two runs at once. */
  readonly target?: (input: z.output<I>) => {
    readonly dir: string;
    readonly workspace?: string;
    readonly region: string;
  };
}

interface StateOptions<T extends string> {
  readonly title?: string;
  /** Where to go on; the state below by default. */
  readonly next?: T;
  /** Where a run that is cancelled here cleans up before it ends. */
  readonly onCancel?: T;
}

/** What becomes of a failure that neither a retry nor a rescue covers; by default a person decides. */
interface FallibleOptions<T extends string> extends StateOptions<T> {
  /** Go there without asking. */
  readonly onFailure?: T;
  /** `false`: note the failure and go on as if the operator had skipped it. */
  readonly critical?: boolean;
}

interface StepOptions<T extends string, I, O> extends FallibleOptions<T> {
  /** In place of the step's own limit on an attempt. */
  readonly timeout?: Duration;
  /** Tried in order before `next`. */
  readonly routes?: readonly { readonly when: (output: O, scope: Scope<I>) => boolean; readonly to: T }[];
  /** Failures with a way out of their own; every other failure asks the operator. */
  readonly rescue?: readonly {
    readonly when: (failure: Failure, scope: Scope<I>) => boolean;
    readonly to: T;
  }[];
  readonly retry?: Retry;
  /** Where a person's "try again" leads when repeating the step itself cannot help: a used plan has to be made anew. */
  readonly retryFrom?: T;
  /** @deprecated The former name of `retryFrom`, which older runbooks use. */
  readonly again?: T;
  /** Why it may begin although no approval covers it; only for a write of medium risk. */
  readonly accept?: string;
  /** Whether the operator may skip it when it has failed. */
  readonly skip?: boolean;
  /** What its output tells about the incident. */
  readonly findings?: (output: O, scope: Scope<I>) => readonly Finding[];
  /** What its output must show for the run to count as succeeded; recorded before the run's first step. */
  readonly criterion?: { readonly title: string; readonly passes: (output: O, scope: Scope<I>) => boolean };
}

interface GateOptions<T extends string> extends StateOptions<T> {
  readonly onReject?: T;
  /** How many different people have to approve; 1 by default. */
  readonly approvals?: number;
  /** `others` than the person who asked for the run, or these people only; anyone by default. */
  readonly approvers?: Approvers;
  /** Unanswered for so long, it is opened anew. */
  readonly expires?: Duration;
  /** So long after it was given the approval may be used; 15m by default. */
  readonly usable?: Duration;
  /** The writes that an approval allows; by default the next one on the way that needs an approval. */
  readonly covers?: readonly T[];
}

interface RunbookDeclarations<I, K extends string> {
  /** What must hold for the run to count as succeeded; declared before it starts. */
  readonly criteria?: Readonly<
    Record<
      string,
      { readonly title: string; readonly step: K; readonly passes: (scope: Scope<I>) => boolean }
    >
  >;
  readonly followUps?: (scope: Scope<I>) => readonly FollowUp[];
}

/** The vocabulary of one runbook file, typed by its input. */
export interface Author<I, S extends z.core.$ZodType = z.core.$ZodType> {
  readonly step: <S extends AnyStep, const T extends string = never>(
    step: S,
    input: (scope: Scope<I>) => z.input<S["input"]>,
    options?: StepOptions<T, I, z.output<S["output"]>>,
  ) => StepState<T>;
  /** A point where the run waits for a person's approval of exactly what `shown` returns. */
  readonly gate: <const T extends string = never>(
    shown: (scope: Scope<I>) => GateContent,
    options?: GateOptions<T>,
  ) => GateState<T | "cancelled">;
  /** A question with several ways to go on. */
  readonly choice: <const T extends string>(
    shown: (scope: Scope<I>) => JsonObject & { readonly title: string },
    options: Readonly<Record<string, ChoiceOption<T, I>>>,
    more?: Pick<StateOptions<T>, "title" | "onCancel">,
  ) => ChoiceState<T>;
  /** A form that a person fills in: `get(form, state).values`. */
  readonly ask: <const T extends string = never>(
    form: Form,
    title: string | ((scope: Scope<I>) => string),
    options?: StateOptions<T>,
  ) => AskState<T>;
  /** A step that a person does and confirms, saying what shows it. Without `onFailure`, what cannot be done fails the run. */
  readonly manual: <const T extends string = never>(
    shown: (scope: Scope<I>) => Instruction,
    options?: FallibleOptions<T>,
  ) => ManualState<T>;
  /** Another runbook, as a run of its own inside this one. */
  readonly child: <R extends Runbook, const T extends string = never>(
    runbook: R,
    input: (scope: Scope<I>) => z.input<R["input"]>,
    options?: FallibleOptions<T>,
  ) => ChildState<T>;
  /** Steps and child runbooks that run at once; it is done when all of them are. */
  readonly parallel: <const T extends string = never>(
    branches: Readonly<Record<string, StepState<T> | ChildState<T>>>,
    options?: StateOptions<T>,
  ) => ParallelState<T>;
  /** The first way that applies, else `next`; nobody is asked. */
  readonly branch: <const T extends string>(
    ways: readonly { readonly when: (scope: Scope<I>) => boolean; readonly to: T }[],
    options?: Omit<StateOptions<T>, "onCancel">,
  ) => BranchState<T>;
  /** A durable timer: the run can be left alone until it is due. */
  readonly wait: <const T extends string = never>(
    duration: (scope: Scope<I>) => string,
    options?: StateOptions<T>,
  ) => WaitState<T>;
  /** Compiles the states; they follow each other in the order of the file unless `next` or a route says otherwise. */
  readonly define: <K extends string>(
    states: Readonly<Record<K, State<NoInfer<K> | EndState>>>,
    declared?: RunbookDeclarations<I, NoInfer<K>>,
  ) => Runbook<S>;
}

/** What a gate shows; see the step kind `human.confirm`. */
type GateContent = z.input<(typeof humanConfirm)["input"]>;

/** Begins a runbook file: a name, a title and the schema of its input. */
export function runbook<I extends z.core.$ZodType>(
  id: string,
  header: RunbookHeader<I>,
): Author<z.output<I>, I> {
  return {
    step: (step, input, options = {}) => ({
      ...options,
      type: "step",
      step,
      input,
      routes: options.routes ?? [],
      rescue: options.rescue ?? [],
      retry: options.retry,
      retryFrom: options.retryFrom ?? options.again,
      accept: options.accept,
      skip: options.skip ?? false,
      findings: options.findings,
      criterion: options.criterion,
    }),
    gate: (shown, options = {}) => ({
      ...options,
      type: "gate",
      shown,
      onReject: options.onReject ?? options.onCancel ?? "cancelled",
    }),
    choice: (shown, options, more = {}) => ({ ...more, type: "choice", shown, options }),
    ask: (form, title, options = {}) => ({
      ...options,
      type: "ask",
      form,
      shown: typeof title === "string" ? () => title : title,
    }),
    manual: (shown, options = {}) => ({ ...options, type: "manual", shown }),
    parallel: (branches, options = {}) => ({ ...options, type: "parallel", branches }),
    branch: (ways, options = {}) => ({ ...options, type: "branch", ways }),
    child: (child, input, options = {}) => ({ ...options, type: "child", runbook: child, input }),
    wait: (duration, options = {}) => ({ ...options, type: "wait", duration }),
    define: (states, declared = {}) => define(id, header, states, declared),
  };
}

function define<I extends z.core.$ZodType>(
  id: string,
  header: RunbookHeader<I>,
  states: Readonly<Record<string, State>>,
  declared: RunbookDeclarations<z.output<I>, string>,
): Runbook<I> {
  const all = allStates(states);
  const followUps = declared.followUps as ((scope: Scope<never>) => readonly FollowUp[]) | undefined;
  return familyOf(
    {
      id,
      title: header.title,
      input: header.input,
      machine: compile(id, states),
      steps: Object.entries(all)
        .filter(([, { type }]) => type !== "branch" && type !== "parallel")
        .map(([step, state]) => ({ step, title: state.title ?? step })),
      criteria: criteriaOf(all, declared.criteria),
      findings: (step, context) => findingsOf(all[step], step, context),
      followUps: (context) => followUps?.(scopeOf(context)) ?? [],
      target: (input) => {
        // The input was parsed by this schema when the run began.
        const target = header.target?.(input as z.output<I>);
        return target === undefined ? null : { ...target, workspace: target.workspace ?? "default" };
      },
    },
    states,
  );
}

type DeclaredCriteria = Readonly<
  Record<
    string,
    {
      readonly title: string;
      readonly step: string;
      readonly passes: (scope: Scope<never>) => boolean;
    }
  >
>;

function criteriaOf(
  states: Readonly<Record<string, State>>,
  declared: DeclaredCriteria = {},
): readonly Criterion[] {
  const own = Object.entries(states).flatMap(([step, state]) => {
    if (state.type !== "step" || state.criterion === undefined) return [];
    const { title, passes } = state.criterion;
    const verdict = verdictOf(step, (scope) => passes(scope.get(state.step, step) as never, scope));
    return [{ id: step, title, step, verdict }];
  });
  const shared = Object.entries(declared).map(([id, { title, step, passes }]) => {
    return { id, title, step, verdict: verdictOf(step, passes) };
  });
  return [...own, ...shared];
}

/** Nothing passes before its outcome is known, and what was skipped is never known. */
function verdictOf(step: string, passes: (scope: Scope<never>) => boolean): Criterion["verdict"] {
  return (context: Context) => {
    if (context.skipped[step] !== undefined) return "unknown";
    if (context.outputs[step] === undefined) return "pending";
    return passes(scopeOf(context)) ? "pass" : "fail";
  };
}

function findingsOf(state: State | undefined, step: string, context: Context): readonly Finding[] {
  if (state?.type !== "step" || state.findings === undefined) return [];
  return state.findings(context.outputs[step] as never, scopeOf(context));
}
