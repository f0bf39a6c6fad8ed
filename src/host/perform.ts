import { safeParse } from "zod";
import type { AttemptRequest, AttemptOutcome } from "../engine/host.ts";
import type { Abort } from "../model/abort.ts";
import { Detach } from "../model/detach.ts";
import { RunbookError, toFailure, type Failure, messageOf } from "../model/error.ts";
import { issueText } from "../model/issue-text.ts";
import { toJson, type Json } from "../model/json.ts";
import type { Probed } from "../model/step.ts";
import { Limits } from "./limits.ts";
import { prepare, type PreparedAttempt, type AttemptDeps } from "./step-context.ts";

/** A write that failed like this may have taken effect: the world is asked before anybody is told that it failed. */
const ambiguous: ReadonlySet<string> = new Set([
  "AWS_UNREACHABLE",
  "STEP_TIMED_OUT",
  "UNEXPECTED",
  // The step ran to its end; only what it says about it is not understood.
  "STEP_OUTPUT_MALFORMED",
  "NOT_JSON",
]);

/** Runs an attempt to its outcome; rejects only when its evidence cannot be stored. */
export async function perform(
  attempt: AttemptRequest,
  abort: Abort,
  around: AttemptDeps,
): Promise<AttemptOutcome> {
  const limits = new Limits(attempt, abort);
  const prepared = prepare(attempt, around, limits);
  let ended: AttemptEnd;
  try {
    const output = await limits.outcome(call(attempt, prepared), prepared.idle);
    ended = { type: "succeeded", output: around.redactor.json(checkOutput(attempt, output)) };
  } catch (error) {
    ended = unsuccessful(attempt, { error, abort, late: limits.late }, around);
  }
  limits.end();
  switch (ended.type) {
    case "detached":
      return ended;
    case "stopped":
      return { ...ended, leftRunning: prepared.leftRunning() };
    case "succeeded":
      return { type: ended.type, output: ended.output, artifacts: await prepared.artifacts() };
    default:
      return { ...ended, artifacts: await prepared.artifacts() };
  }
}

/** An outcome without its evidence. */
type AttemptEnd =
  | { readonly type: "succeeded"; readonly output: Json }
  | { readonly type: "failed" | "lost"; readonly failure: Failure }
  | { readonly type: "stopped"; readonly reason: string }
  | { readonly type: "detached" };

/** What the step's probe finds; its evidence is not kept, for nothing has happened. */
export async function probe(
  attempt: AttemptRequest,
  signal: AbortSignal,
  around: AttemptDeps,
): Promise<Probed<Json>> {
  const { step, input } = attempt;
  if (step.probe === undefined) return { verdict: "unknown", why: `\`${step.kind}\` cannot be looked up.` };
  const limited = AbortSignal.any([signal, AbortSignal.timeout(60_000)]);
  const { ctx } = prepare(attempt, around, { work: limited, processes: limited });
  // The machine parsed the input by the step's schema before it was stored.
  const probed = await step.probe(input as never, ctx);
  if (probed.verdict !== "done") return probed;
  return { ...probed, output: around.redactor.json(checkOutput(attempt, probed.output)) };
}

function call({ step, input }: AttemptRequest, { ctx }: PreparedAttempt): Promise<unknown> {
  if (step.run === undefined) throw new Error(`\`${step.kind}\` is for people: nothing runs it.`);
  // Not everybody's step is written in TypeScript: what it returns may be no promise.
  return Promise.resolve(step.run(input as never, ctx));
}

function checkOutput({ step, id }: AttemptRequest, output: unknown): Json {
  const parsed = safeParse(step.output, output);
  if (parsed.success) return toJson(parsed.data, id);
  throw new RunbookError(
    "STEP_OUTPUT_MALFORMED",
    `\`${id}\` returned what \`${step.kind}\` does not promise: ${issueText(parsed.error)}.`,
  );
}

interface CaughtError {
  readonly error: unknown;
  readonly abort: Abort;
  /** Set when its time was up. */
  readonly late: RunbookError | null;
}

function unsuccessful(
  attempt: AttemptRequest,
  { error, abort, late }: CaughtError,
  around: AttemptDeps,
): AttemptEnd {
  if (abort.aborted && isAbort(error)) {
    if (abort.reason instanceof Detach) return { type: "detached" };
    return { type: "stopped", reason: messageOf(abort.reason) };
  }
  const failure = redacted(toFailure(late ?? error), around);
  const isLost = attempt.step.effect === "write" && ambiguous.has(failure.code);
  // A read whose process is gone is as lost as a write: what it found out is not known.
  return { type: isLost || failure.code === "CHILD_LOST" ? "lost" : "failed", failure };
}

function redacted(failure: Failure, { redactor }: AttemptDeps): Failure {
  return { ...failure, message: redactor.text(failure.message), data: redactor.json(failure.data) };
}

function isAbort(error: unknown): boolean {
  if (error instanceof Detach) return true;
  if (error instanceof RunbookError) return error.code === "STEP_STOPPED";
  return (
    error instanceof Error &&
    (error.name === "AbortError" || error.name === "TimeoutError" || error.name === "Error")
  );
}
