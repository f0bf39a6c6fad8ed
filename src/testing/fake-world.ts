import { safeParse } from "zod";
import type { AttemptRequest, Host, AttemptOutcome } from "../engine/host.ts";
import type { Abort } from "../model/abort.ts";
import type { Clock } from "../model/clock.ts";
import { toMilliseconds } from "../model/duration.ts";
import { Detach } from "../model/detach.ts";
import { RunbookError, toFailure, messageOf } from "../model/error.ts";
import { issueText } from "../model/issue-text.ts";
import { toJson, type Json } from "../model/json.ts";
import type { Probed } from "../model/step.ts";
import { fakeFor, playedAnswer, type Fake, type PlayedAnswer } from "./fake.ts";

/** The world of a simulation: what its fakes did, by key, and what it says when it is asked. */
export interface FakeWorld extends Pick<Host, "perform" | "probe"> {
  /** The effects of writes, in order, as `runbook/state`. */
  readonly effects: () => readonly string[];
}

interface FakeWorldOptions {
  readonly runbookOf: (run: string) => string;
  readonly clock: Clock;
  /** Whether the last part of a fake is played only once, like all others. */
  readonly isRecorded?: boolean;
}

export function createFakeWorld(
  fakes: readonly Fake[],
  { runbookOf, clock, isRecorded = false }: FakeWorldOptions,
): FakeWorld {
  const turns = new Map<Fake, number>();
  /** By key, because an attempt that is made again after a crash is the same one. */
  const parts = new Map<string, PlayedAnswer>();
  const done = new Map<string, Json>();
  const effects: string[] = [];
  const placeOf = ({ run, id }: AttemptRequest): string => `${runbookOf(run)}/${id}`;

  function partOf(attempt: AttemptRequest): PlayedAnswer {
    const known = parts.get(attempt.key);
    if (known !== undefined) return known;
    const fake = fakeFor(fakes, placeOf(attempt), attempt.step.kind);
    const turn = turns.get(fake) ?? 0;
    turns.set(fake, turn + 1);
    const part = fake.plays[isRecorded ? turn : Math.min(turn, fake.plays.length - 1)];
    if (part === undefined)
      throw new RunbookError("SIMULATION_BROKEN", `Nothing more is known of \`${placeOf(attempt)}\`.`);
    parts.set(attempt.key, part);
    return part;
  }

  function take(attempt: AttemptRequest, output: unknown): Json {
    const value = checkedOutput(attempt, output);
    if (attempt.step.effect === "write" && !done.has(attempt.key)) {
      done.set(attempt.key, value);
      effects.push(placeOf(attempt));
    }
    return value;
  }

  async function perform(attempt: AttemptRequest, { signal }: Abort): Promise<AttemptOutcome> {
    const part = await resolve(attempt, partOf(attempt), { clock, signal });
    if (part === "stopped") return stopped(signal);
    switch (part.type) {
      case "returns":
        return { type: "succeeded", output: take(attempt, part.output), artifacts: [] };
      case "fails":
        return { type: "failed", failure: part.failure, artifacts: [] };
      case "lost": {
        parts.set(attempt.key, part);
        if (typeof part.says === "object") take(attempt, part.says.done);
        return {
          type: "lost",
          failure: toFailure(new RunbookError("AWS_UNREACHABLE", "No answer came.")),
          artifacts: [],
        };
      }
    }
  }

  async function probe(attempt: AttemptRequest): Promise<Probed<Json>> {
    const part = parts.get(attempt.key);
    if (part?.type === "lost" && part.says === "unknown") return { verdict: "unknown", why: "nobody knows" };
    const output = done.get(attempt.key);
    if (output === undefined) return { verdict: "not done", why: "the world does not have it" };
    return { verdict: "done", output, why: "the world has it" };
  }

  return { perform, probe, effects: () => effects };
}

type PlayedOutcome = Exclude<PlayedAnswer, { readonly type: "calls" }>;

/** What a part comes to, at the latest when the step's time is up. */
async function resolve(
  attempt: AttemptRequest,
  part: PlayedAnswer,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<PlayedOutcome | "stopped"> {
  if (part.type !== "calls") return part;
  const { key, startedAt, step, id } = attempt;
  const limit = step.timeout ?? "60m";
  const over = new AbortController();
  const work = AbortSignal.any([signal, over.signal]);
  const due = new Date(clock.now().getTime() + toMilliseconds(limit));
  const overdue = clock.sleepUntil(due, work).then((): never => {
    throw new RunbookError("STEP_TIMED_OUT", `\`${id}\` did not end within ${limit}.`);
  });
  try {
    const call = async (): Promise<unknown> =>
      part.call(attempt.input as never, { key, signal: work, startedAt: new Date(startedAt), clock });
    const told = playedAnswer(await Promise.race([call(), overdue]));
    if (told.type === "calls")
      throw new RunbookError("SIMULATION_BROKEN", `What plays \`${id}\` returned a function.`);
    return told;
  } catch (error) {
    if (signal.aborted) return "stopped";
    if (error instanceof RunbookError && error.code === "SIMULATION_BROKEN") throw error;
    return { type: "fails", failure: toFailure(error) };
  } finally {
    overdue.catch(() => {});
    over.abort(new Error("It has ended."));
  }
}

function stopped({ reason }: AbortSignal): AttemptOutcome {
  if (reason instanceof Detach) return { type: "detached" };
  return { type: "stopped", reason: messageOf(reason) };
}

/** As a real step is held to its schema. */
function checkedOutput({ step, id }: AttemptRequest, output: unknown): Json {
  const parsed = safeParse(step.output, output);
  if (parsed.success) return turned(toJson(parsed.data, id));
  throw new RunbookError(
    "SIMULATION_BROKEN",
    `What plays \`${id}\` returns what \`${step.kind}\` does not promise: ${issueText(parsed.error)}.`,
  );
}

/**
 * The value with the keys of each object the other way round. A world promises no order of keys: whatever depends on
 * one is to be seen in a simulation, not in the record of an incident.
 */
export function turned(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map(turned);
  const entries = Object.entries(value).map(([key, item]) => [key, turned(item)] as const);
  return Object.fromEntries(entries.toReversed());
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
