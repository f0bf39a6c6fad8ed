import type { Attempt, Outcome } from "../engine/host.ts";
import { Detach } from "../model/detach.ts";
import { toMilliseconds, type Duration } from "../model/duration.ts";
import { RunbookError, toFailure, type Failure } from "../model/error.ts";
import { toJson, type Json } from "../model/json.ts";
import type { Probed } from "../model/step.ts";
import { prepare, type Prepared, type Surroundings } from "./step-context.ts";

/** A write that failed like this may have taken effect: the world is asked before anybody is told that it failed. */
const ambiguous: ReadonlySet<string> = new Set([
  "AWS_UNREACHABLE",
  "STEP_TIMED_OUT",
  "UNEXPECTED",
  "CHILD_LOST",
]);

/** How long a step may take to notice its abort. */
const patience = 1_000;
/** How long a write call that is under way may go on after the operator stopped the engine. */
const writeGrace = 2_500;

export async function perform(attempt: Attempt, signal: AbortSignal, around: Surroundings): Promise<Outcome> {
  const { step } = attempt;
  const limit = step.timeout ?? "60m";
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(timedOut(attempt, limit)), toMilliseconds(limit));
  const processes = AbortSignal.any([signal, timeout.signal]);
  const work = step.effect === "write" ? AbortSignal.any([late(signal), timeout.signal]) : processes;
  const prepared = prepare(attempt, around, { work, processes });
  try {
    const output = await Promise.race([call(attempt, prepared), overdue(work)]);
    const checked = around.redactor.json(checkOutput(attempt, output));
    return { type: "succeeded", output: checked, artifacts: await prepared.artifacts() };
  } catch (error) {
    return await failed(attempt, { error, signal, timeout: timeout.signal }, prepared, around);
  } finally {
    clearTimeout(timer);
  }
}

/** What the step's probe finds; its evidence is not kept, for nothing has happened. */
export async function probe(
  attempt: Attempt,
  signal: AbortSignal,
  around: Surroundings,
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

async function call({ step, input }: Attempt, { ctx }: Prepared): Promise<unknown> {
  if (step.run === undefined) throw new Error(`\`${step.kind}\` is for people: nothing runs it.`);
  return step.run(input as never, ctx);
}

function checkOutput({ step, id }: Attempt, output: unknown): Json {
  const parsed = step.output.safeParse(output);
  if (parsed.success) return toJson(parsed.data, id);
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  throw new RunbookError(
    "STEP_OUTPUT_MALFORMED",
    `\`${id}\` returned what \`${step.kind}\` does not promise: ${issues}.`,
  );
}

interface End {
  readonly error: unknown;
  readonly signal: AbortSignal;
  readonly timeout: AbortSignal;
}

async function failed(
  attempt: Attempt,
  { error, signal, timeout }: End,
  prepared: Prepared,
  around: Surroundings,
): Promise<Outcome> {
  if (signal.aborted && signal.reason instanceof Detach && isAbort(error)) return { type: "detached" };
  if (signal.aborted && isAbort(error)) return { type: "stopped", reason: toFailure(signal.reason).message };
  const failure = redacted(toFailure(timeout.aborted ? timeout.reason : error), around);
  if (attempt.step.effect === "write" && ambiguous.has(failure.code)) {
    return { type: "lost", why: failure.message };
  }
  return { type: "failed", failure, artifacts: await prepared.artifacts() };
}

function redacted(failure: Failure, { redactor }: Surroundings): Failure {
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

function timedOut({ id }: Attempt, limit: Duration): RunbookError {
  return new RunbookError("STEP_TIMED_OUT", `\`${id}\` did not end within ${limit}.`);
}

/** Rejects a moment after the abort, for steps that do not notice it themselves. */
async function overdue(signal: AbortSignal): Promise<never> {
  await aborted(signal);
  await new Promise((resolve) => setTimeout(resolve, patience).unref());
  throw signal.reason;
}

/** Follows `signal`, but lets a write call that is under way end when the reason is only that the engine stops. */
function late(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const follow = (): void => {
    const wait = signal.reason instanceof Detach ? writeGrace : 0;
    setTimeout(() => controller.abort(signal.reason), wait).unref();
  };
  if (signal.aborted) follow();
  else signal.addEventListener("abort", follow, { once: true });
  return controller.signal;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
