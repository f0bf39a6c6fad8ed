import type { z } from "zod";
import type { Clock } from "./clock.ts";
import type { Duration } from "./duration.ts";
import type { Json } from "./json.ts";
import type { Secret } from "./secret.ts";

/** How much harm a wrong call can do: it decides what a gate asks of the person. */
export type Risk = "none" | "low" | "medium" | "high";

/** A command for `StepContext.exec`. Arguments go to the program as they are; there is no shell. */
export interface Command {
  /** Unique within the step: by it a resumed engine finds the process that a dead one started. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to the allow-listed environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called for each redacted line while the command runs. */
  readonly onLine?: (line: string, stream: "stdout" | "stderr") => void;
}

/** How a command ended; its output has been redacted. `exitCode` is 128 + n when signal n ended it. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a step gets to work with. */
export interface StepContext {
  /** Aborts at the step's timeout and when the operator cancels. */
  readonly signal: AbortSignal;
  /** A UUID, stored before the first effect and the same after every crash: use it as the client token. */
  readonly key: string;
  /** When the intent to run this attempt was stored. */
  readonly startedAt: Date;
  readonly clock: Clock;
  /** A private directory (0700) that belongs to this `key`. */
  readonly dir: string;
  /**
   * Runs a command that outlives the engine. Called again with the same `name` after a crash it adopts the
   * process, or its exit record, instead of starting another. It throws `STEP_STOPPED` when the signal aborts,
   * after the command was asked once, by SIGINT, to end.
   */
  readonly exec: (command: Command) => Promise<CommandResult>;
  /** Whether the command of this name was begun in this attempt: then `exec` takes it up, and nothing can be prevented. */
  readonly begun: (name: string) => boolean;
  /** The absolute path of a program; throws `TERRAFORM_MISSING` and the like. */
  readonly tool: (name: "terraform") => Promise<string>;
  /** Settings for an AWS client: region, retries, time limits. */
  readonly aws: AwsSettings;
  /** Stores what shows what happened, redacted, as an artifact of this attempt. */
  readonly evidence: (name: string, value: Json | Uint8Array) => void;
  /** Tells the person who watches; not stored. */
  readonly progress: (line: string) => void;
  /** Names what goes on when this step is cancelled, such as a deployment: the end of the run tells it. */
  readonly outlives: (what: string) => void;
  /** Resolves a reference (`env:NAME`, `file:PATH`) and makes sure that its value is never stored or shown. */
  readonly secret: (reference: string) => Promise<Secret>;
  /** Takes `name` for this `key` for ever; throws `ALREADY_CLAIMED` when another key has it. */
  readonly claim: (name: string) => Promise<void>;
}

/** Passed to the constructor of an AWS client, with `region` overridden where an input names one. */
export interface AwsSettings {
  readonly region: string | undefined;
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
  };
}

/** What the world says about an effect whose outcome was lost. */
export type Probed<Output> =
  | { readonly verdict: "done"; readonly output: Output; readonly why: string }
  | { readonly verdict: "not done"; readonly why: string }
  | { readonly verdict: "unknown"; readonly why: string };

interface StepDescription<I extends z.core.$ZodType, O extends z.core.$ZodType> {
  /** For example `terraform.force-unlock`: file src/steps/terraform-force-unlock.ts, docs/steps.md#terraformforce-unlock. */
  readonly kind: string;
  readonly risk: Risk;
  readonly input: I;
  readonly output: O;
  /** What it would do, in one line, for gates, dry runs and the timeline. It has no effects. */
  readonly describe: (input: z.output<I>) => string;
  /** The command lines that do the same by hand; secrets are in them as shell variables. */
  readonly commands?: (input: z.output<I>) => readonly string[];
}

/** A step that only looks: it may simply run again. */
export interface ReadStep<
  I extends z.core.$ZodType = z.core.$ZodType,
  O extends z.core.$ZodType = z.core.$ZodType,
> extends StepDescription<I, O> {
  readonly effect: "read";
  readonly timeout: Duration;
  readonly run: (input: z.output<I>, ctx: StepContext) => Promise<z.output<O>>;
}

/** A step that changes something: after a crash `probe` asks the world whether it did. */
export interface WriteStep<
  I extends z.core.$ZodType = z.core.$ZodType,
  O extends z.core.$ZodType = z.core.$ZodType,
> extends StepDescription<I, O> {
  readonly effect: "write";
  readonly timeout: Duration;
  readonly run: (input: z.output<I>, ctx: StepContext) => Promise<z.output<O>>;
  readonly probe: (input: z.output<I>, ctx: StepContext) => Promise<Probed<z.output<O>>>;
  /** What an approval of it must have shown, by name (`plan`, `queue`); or why that is nothing. */
  readonly binds: ((input: z.output<I>) => Readonly<Record<string, string>>) | { readonly nothing: string };
  /** What comes into being by it and may be used by the next write of the same approval, as `taskDefinition:...`. */
  readonly makes?: (output: z.output<O>) => readonly string[];
}

/** A step that a person does: the engine opens a gate and shows the input. */
export interface HumanStep<
  I extends z.core.$ZodType = z.core.$ZodType,
  O extends z.core.$ZodType = z.core.$ZodType,
> extends StepDescription<I, O> {
  readonly effect: "human";
}

/** A step that the engine runs. */
export type MachineStep<I extends z.core.$ZodType, O extends z.core.$ZodType> =
  ReadStep<I, O> | WriteStep<I, O>;
export type Step<I extends z.core.$ZodType, O extends z.core.$ZodType> = MachineStep<I, O> | HumanStep<I, O>;

/** A step of any kind, its types forgotten: what the engine handles. Inputs are parsed by `input` before a call. */
export interface AnyStep {
  readonly kind: string;
  readonly effect: "read" | "write" | "human";
  readonly risk: Risk;
  readonly timeout?: Duration;
  readonly input: z.core.$ZodType;
  readonly output: z.core.$ZodType;
  readonly describe: (input: never) => string;
  readonly commands?: (input: never) => readonly string[];
  readonly run?: (input: never, ctx: StepContext) => Promise<unknown>;
  readonly probe?: (input: never, ctx: StepContext) => Promise<Probed<unknown>>;
  readonly binds?: ((input: never) => Readonly<Record<string, string>>) | { readonly nothing: string };
  readonly makes?: (output: never) => readonly string[];
}

/** Declares a step kind; it only gives the parts their types. */
export function defineStep<
  I extends z.core.$ZodType,
  O extends z.core.$ZodType,
  E extends Step<I, O>["effect"],
>(
  step: { readonly effect: E; readonly input: I; readonly output: O } & Extract<
    Step<NoInfer<I>, NoInfer<O>>,
    { readonly effect: E }
  >,
): Extract<Step<I, O>, { readonly effect: E }> {
  return step;
}
