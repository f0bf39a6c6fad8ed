/** The world outside the engines: what attempts do to it, and what it answers when it is asked later. */
import type { AttemptRequest, Host, AttemptOutcome } from "../../src/engine/host.ts";
import { Detach } from "../../src/model/detach.ts";
import { toMilliseconds } from "../../src/model/duration.ts";
import type { Probed } from "../../src/model/step.ts";
import type { Json } from "../../src/model/json.ts";
import { turned } from "../../src/testing/fake-world.ts";
import type { Dice } from "./dice.ts";
import type { Effect } from "./judge.ts";
import type { Shape } from "./shapes.ts";
import { codes } from "./sketch.ts";
import type { Actor, Stage } from "./stage.ts";

/** An engine, as far as the world knows it. */
export interface Caller extends Actor {
  /** Whether another engine has taken the run over. */
  readonly isFenced: () => boolean;
  /** A moment at which it may die or be suspended; never comes back when it dies. */
  readonly point: (where: string) => Promise<void>;
}

export interface World {
  readonly perform: (caller: Caller, attempt: AttemptRequest, signal: AbortSignal) => Promise<AttemptOutcome>;
  readonly probe: (caller: Caller, attempt: AttemptRequest, signal: AbortSignal) => Promise<Probed<Json>>;
  readonly hasProcess: Host["hasProcess"];
  /** What a step returns when nothing is wrong. */
  readonly usual: (run: string, step: string, kind: string) => Json;
  /** What an honest person sees. */
  readonly has: (key: string) => boolean;
  /** An effect without an attempt's leave, for the control that breaks it. */
  readonly force: (run: string, step: string, attempt: number) => void;
}

export interface Surroundings {
  readonly stage: Stage;
  readonly shape: Shape;
  readonly runbookOf: (run: string) => string;
  readonly dice: Dice;
  readonly judge: { readonly effect: (effect: Effect) => void };
  /** Takes a piece of bad luck out of what this seed has; false when there is none left. */
  readonly misfortune: (percent: number) => boolean;
  readonly note: (line: string) => void;
}

/** What will become of an attempt. */
interface Fate {
  readonly outcome: AttemptOutcome;
  readonly happens: boolean;
  readonly before: number;
  readonly after: number;
}

interface Program {
  state: "runs" | "exited" | "lost" | "fenced";
  readonly outcome: AttemptOutcome;
  readonly ended: Promise<void>;
  /** Whether it was asked to end. */
  stopped: boolean;
}

/** Whoever asks for a program that has not begun keeps it from ever running. */
const fenced: Program = {
  state: "fenced",
  outcome: lost("It was fenced off."),
  ended: Promise.resolve(),
  stopped: false,
};

export function createWorld({ stage, shape, runbookOf, dice, judge, misfortune, note }: Surroundings): World {
  const done = new Set<string>();
  /** How steps failed last. */
  const failed = new Map<string, string>();
  const programs = new Map<string, Program>();
  let turns = 0;

  function happen({ run, id, attempt, key, step }: AttemptRequest, isLate: boolean): void {
    const isKnown = shape.kindOf(step.kind) === "sim.token" && done.has(key);
    note(`effect of ${run}/${id}/${attempt}${isKnown ? ", already known" : ""}`);
    done.add(key);
    judge.effect({ run, step: id, attempt, isKnown, isLate });
  }

  function usual(run: string, step: string, kind: string): Json {
    return inAnyOrder(shape.outputs({ runbook: runbookOf(run), step, kind })[0]);
  }

  function inAnyOrder(output: Json): Json {
    turns += 1;
    return turns % 2 === 0 ? output : turned(output);
  }

  function outputOf({ run, id, step }: AttemptRequest): Json {
    const [first, ...others] = shape.outputs({ runbook: runbookOf(run), step: id, kind: step.kind });
    return inAnyOrder(
      others.length > 0 && misfortune(25) ? (others[dice.below(others.length)] ?? first) : first,
    );
  }

  /** What failed once often fails again, in the same way. */
  function failureFor({ run, id }: AttemptRequest): string | null {
    const place = `${run}/${id}`;
    const last = failed.get(place);
    if (last !== undefined && misfortune(50)) return last;
    if (!misfortune(15)) return null;
    const code = dice.pick([...codes, "TERRAFORM_FAILED"]);
    failed.set(place, code);
    return code;
  }

  function fateOf(attempt: AttemptRequest): Fate {
    const fate = fateWithoutLimit(attempt);
    const limit = limitOf(attempt);
    if (fate.before + fate.after <= limit) return fate;
    if (!misfortune(100)) return { ...fate, before: 0, after: 0 };
    const type = attempt.step.effect === "write" ? "lost" : "failed";
    return {
      outcome: { type, failure: failureOf("STEP_TIMED_OUT"), artifacts: [] },
      happens: fate.happens && fate.before < limit,
      before: Math.min(fate.before, limit),
      after: Math.max(0, limit - fate.before),
    };
  }

  /** Programs are ended by their own time limit, of which the engine hears like of any other end. */
  function limitOf({ run, id, step }: AttemptRequest): number {
    const limit = shape.limitOf({ runbook: runbookOf(run), step: id, kind: step.kind }) ?? step.timeout;
    if (limit !== step.timeout) throw new Error(`\`${id}\` may take ${step.timeout}, and should ${limit}`);
    return limit === undefined ? Number.POSITIVE_INFINITY : toMilliseconds(limit);
  }

  function fateWithoutLimit(attempt: AttemptRequest): Fate {
    const isWrite = attempt.step.effect === "write";
    const before = dice.chance(80) ? dice.below(50) : dice.below(200_000);
    const after = dice.chance(80) ? dice.below(50) : dice.below(200_000);
    const failing = failureFor(attempt);
    if (failing !== null) {
      const failure = failureOf(failing);
      return { outcome: { type: "failed", failure, artifacts: [] }, happens: false, before, after };
    }
    if (isWrite && misfortune(12)) {
      const failure = failureOf("AWS_UNREACHABLE");
      return { outcome: { type: "lost", failure, artifacts: [] }, happens: dice.chance(50), before, after };
    }
    return {
      outcome: { type: "succeeded", output: outputOf(attempt), artifacts: [] },
      happens: isWrite,
      before,
      after,
    };
  }

  async function call(caller: Caller, attempt: AttemptRequest, signal: AbortSignal): Promise<AttemptOutcome> {
    const fate = fateOf(attempt);
    await caller.point(`before the effect of ${attempt.id}`);
    if (signal.aborted) return broken(signal);
    if (!(await pause(caller, fate.before, signal))) return broken(signal);
    if (fate.happens) happen(attempt, caller.isFenced());
    await caller.point(`after the effect of ${attempt.id}`);
    // A write that is under way is given a moment; whether that is enough is chance.
    const inTime = (await pause(caller, fate.after, signal)) || (fate.happens && dice.chance(50));
    return inTime ? fate.outcome : broken(signal);
  }

  async function pause(caller: Caller, delay: number, signal: AbortSignal): Promise<boolean> {
    const aborted = new Promise<void>((resolve) =>
      signal.addEventListener("abort", () => stage.later(1, resolve, caller), { once: true }),
    );
    await Promise.race([stage.wait(delay, caller), aborted]);
    return !signal.aborted;
  }

  /** It lives on without the engine that has started it. */
  function launch(attempt: AttemptRequest): Program {
    const fate = fateOf(attempt);
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const program: Program = { state: "runs", outcome: fate.outcome, ended, stopped: false };
    const isLost = misfortune(5);
    stage.later(fate.before, () => {
      if (fate.happens && !program.stopped) happen(attempt, false);
      stage.later(fate.after, () => {
        program.state = isLost ? "lost" : "exited";
        end();
      });
    });
    return program;
  }

  async function program(
    caller: Caller,
    attempt: AttemptRequest,
    signal: AbortSignal,
  ): Promise<AttemptOutcome> {
    const name = nameOf(attempt);
    await caller.point(`before the program of ${attempt.id}`);
    if (signal.aborted && !programs.has(name)) return broken(signal);
    const started = programs.get(name) ?? launch(attempt);
    programs.set(name, started);
    if (started.state === "fenced") return started.outcome;
    const detached = await Promise.race([back(caller, started), aborted(caller, signal)]);
    if (detached === "detached") return { type: "detached" };
    if (detached === "stop") {
      started.stopped ||= !done.has(attempt.key);
      await back(caller, started);
    }
    await caller.point(`after the program of ${attempt.id}`);
    if (started.state === "lost") return lost("Its process is gone.");
    if (started.stopped) return { type: "stopped", reason: "It was asked to end." };
    return started.outcome;
  }

  async function back(caller: Caller, { ended }: Program): Promise<"ended"> {
    await ended;
    await stage.wait(1, caller);
    return "ended";
  }

  function aborted(caller: Caller, signal: AbortSignal): Promise<"detached" | "stop"> {
    return new Promise((resolve) => {
      const tell = (): void =>
        stage.later(1, () => resolve(signal.reason instanceof Detach ? "detached" : "stop"), caller);
      if (signal.aborted) tell();
      else signal.addEventListener("abort", tell, { once: true });
    });
  }

  return {
    perform: (caller, attempt, signal) =>
      shape.kindOf(attempt.step.kind) === "sim.program"
        ? program(caller, attempt, signal)
        : call(caller, attempt, signal),
    probe: async (caller, attempt, signal) => {
      const { id, key } = attempt;
      await caller.point(`before the probe of ${id}`);
      const isDone = done.has(key);
      await caller.point(`after the probe of ${id}`);
      if (signal.aborted) throw signal.reason;
      if (misfortune(30)) return { verdict: "unknown", why: "nobody knows" };
      if (!isDone) return { verdict: "not done", why: "it is not there" };
      return { verdict: "done", output: usual(attempt.run, id, attempt.step.kind), why: "it is there" };
    },
    hasProcess: async (attempt) => {
      const name = nameOf(attempt);
      const found = programs.get(name);
      if (found !== undefined) return found.state !== "fenced";
      programs.set(name, fenced);
      return false;
    },
    usual,
    has: (key) => done.has(key),
    force: (run, step, attempt) => judge.effect({ run, step, attempt, isKnown: false, isLate: false }),
  };
}

function nameOf({ run, key, attempt }: AttemptRequest): string {
  return `${run}/${key}/${attempt}`;
}

function failureOf(code: string) {
  return { code, message: `It failed with ${code}.`, hint: "", data: {} };
}

function lost(why: string): AttemptOutcome {
  return { type: "lost", failure: { ...failureOf("CHILD_LOST"), message: why }, artifacts: [] };
}

/** How an attempt ends that is told to. */
function broken(signal: AbortSignal): AttemptOutcome {
  const { reason } = signal;
  if (reason instanceof Detach) return { type: "detached" };
  return { type: "stopped", reason: reason instanceof Error ? reason.message : String(reason) };
}
