import type { z } from "zod";
import { toMilliseconds, type Duration } from "../model/duration.ts";
import type { ErrorCode } from "../model/catalogue.ts";
import { RunbookError, toFailure, type Failure } from "../model/error.ts";
import { toJson, type Json } from "../model/json.ts";
import type { AnyStep, StepContext } from "../model/step.ts";

const special = Symbol("told");

/** What one attempt of a step is told to do instead of its work. */
export type FakeAnswer<S extends AnyStep> =
  z.output<S["output"]> | Failing | LostOutcome<z.output<S["output"]>>;

/** What a function that plays a step gets; its clock is the simulation's. */
export type FakeContext = Pick<StepContext, "key" | "signal" | "startedAt" | "clock">;

/** An attempt that fails. */
export interface Failing {
  readonly [special]: "fails";
  readonly failure: Failure;
}

/** A write whose answer never came: what the world says when it is asked. */
export interface LostOutcome<O = unknown> {
  readonly [special]: "lost";
  readonly says: "not done" | "unknown" | { readonly done: O };
}

/** What is played at one attempt. All but `calls` is plain JSON, so a recorded run can be kept in a file. */
export type PlayedAnswer =
  | { readonly type: "returns"; readonly output: Json }
  | { readonly type: "fails"; readonly failure: Failure }
  | { readonly type: "lost"; readonly says: LostOutcome["says"] }
  | { readonly type: "calls"; readonly call: (input: never, ctx: FakeContext) => unknown };

/** A step's part in a simulation. */
export interface Fake {
  readonly kind: string;
  /** The state, or `runbook/state`; null for every state of the kind. */
  readonly at: string | null;
  /** For one attempt after the other; the last is repeated. */
  readonly plays: readonly PlayedAnswer[];
}

type FakePart<S extends AnyStep> =
  FakeAnswer<S> | ((input: z.output<S["input"]>, ctx: FakeContext) => FakeAnswer<S> | Promise<FakeAnswer<S>>);

/** Plays every state that uses this step, unless `fakeAt` says otherwise for one. */
export function fake<S extends AnyStep>(step: S, ...answers: readonly [FakePart<S>, ...FakePart<S>[]]): Fake {
  return { kind: step.kind, at: null, plays: answers.map(playedAnswer) };
}

/** Plays the step in one state: `state`, or `runbook/state` for a child runbook's. */
export function fakeAt<S extends AnyStep>(
  state: string,
  step: S,
  ...answers: readonly [FakePart<S>, ...FakePart<S>[]]
): Fake {
  return { kind: step.kind, at: state, plays: answers.map(playedAnswer) };
}

/** An attempt that fails with this code. */
export function fails(code: ErrorCode, message = `The test lets it fail with ${code}.`): Failing {
  return { [special]: "fails", failure: toFailure(new RunbookError(code, message)) };
}

/** An attempt whose outcome is not known, as after a lost connection, and what the step's probe then finds. */
export function lost<O>(says: LostOutcome<O>["says"]): LostOutcome<O> {
  return { [special]: "lost", says };
}

/** Lets time pass before the answer. */
export function after<A>(duration: Duration, answer: A): (input: unknown, ctx: FakeContext) => Promise<A> {
  return async (_input, { clock, signal }) => {
    await clock.sleepUntil(new Date(clock.now().getTime() + toMilliseconds(duration)), signal);
    return answer;
  };
}

/** An answer as what is played. */
export function playedAnswer(answer: unknown): PlayedAnswer {
  if (typeof answer === "function") return { type: "calls", call: answer as () => unknown };
  if (!isSpecial(answer)) return { type: "returns", output: toJson(answer, "the fake's output") };
  return answer[special] === "fails"
    ? { type: "fails", failure: answer.failure }
    : { type: "lost", says: answer.says };
}

function isSpecial(answer: unknown): answer is Failing | LostOutcome {
  return typeof answer === "object" && answer !== null && special in answer;
}

/** The most particular fake that fits. */
export function fakeFor(fakes: readonly Fake[], place: string, kind: string): Fake {
  const state = place.slice(place.indexOf("/") + 1);
  const found =
    fakes.find(({ at }) => at === place) ??
    fakes.find(({ at }) => at === state) ??
    fakes.find((one) => one.at === null && one.kind === kind);
  if (found !== undefined) return found;
  throw new RunbookError("SIMULATION_BROKEN", `Nothing plays \`${place}\` (\`${kind}\`).`);
}
