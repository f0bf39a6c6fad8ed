/**
 * The in-doubt protocol: what became of an attempt whose start is recorded and whose outcome is not?
 *
 * V1  A process or its exit record is taken up; nothing is started.
 * V2  Else a read simply runs again, as a new attempt.
 * V3  Else the world is asked by the step's probe.
 * V4  Else a person decides. A write is never repeated on a guess.
 *
 * After an accepted rollback the first attempt of each write is asked about in the same way before it begins: an engine
 * whose events are lost may have made it.
 */
import type { Abort } from "../model/abort.ts";
import { toFailure } from "../model/error.ts";
import { engineActor, type Artifact, type Draft, type EventData, type EventType } from "../model/event.ts";
import type { Json } from "../model/json.ts";
import type { Probed } from "../model/step.ts";
import { Detach } from "../model/detach.ts";
import { succeededWith } from "./covering.ts";
import { doubtGate } from "./gate.ts";
import type { AttemptRequest, Host, AttemptOutcome } from "./host.ts";
import type { PendingStep } from "./pending.ts";
import type { RunState } from "./state.ts";
import { unknownSince } from "./rollback-doubt.ts";

/** An attempt of which more than its start has to be found out. */
export interface OpenAttempt {
  readonly host: Host;
  readonly state: RunState;
  readonly pending: PendingStep;
  readonly attempt: AttemptRequest;
  readonly abort: Abort;
}

/** Runs an attempt of this engine; returns what to record. */
export async function runAttempt(open: OpenAttempt): Promise<readonly Draft[]> {
  const { host, attempt, abort } = open;
  const outcome = await host.perform(attempt, abort);
  if (outcome.type !== "lost") return outcomeDrafts(attempt, outcome);
  const told = await probeWorld(open, outcome.artifacts);
  // Somebody watched this one fail: as certain as it is that nothing happened, it is not simply tried for ever.
  const failed = told.verdict === "not done" ? outcomeDrafts(attempt, { ...outcome, type: "failed" }) : [];
  return [doubt(attempt, outcome.failure.message), ...told.drafts, ...failed];
}

/** Settles an attempt of a former engine; returns what to record. */
export async function recover(open: OpenAttempt): Promise<readonly Draft[]> {
  const { host, attempt, abort } = open;
  const why = doubtOf(open);
  if (!(await host.hasProcess(attempt))) return unsettled(open, why);
  const outcome = await host.perform(attempt, abort);
  if (outcome.type === "lost") return unsettled(open, `${why} ${outcome.failure.message}`, outcome.artifacts);
  const seen = "Its process, or the exit record of it, is there.";
  return [
    doubt(attempt, why),
    reconciled(attempt, "adopted", "process", seen),
    ...outcomeDrafts(attempt, outcome),
  ];
}

function doubtOf({ state, pending }: Pick<OpenAttempt, "state" | "pending">): string {
  const since = unknownSince(state, pending);
  return since === null
    ? "The engine ended after this attempt was recorded and before its outcome was."
    : `The record was rolled back: what was done after ${since} is not in it, and this may have been.`;
}

async function unsettled(
  open: OpenAttempt,
  why: string,
  artifacts: readonly Artifact[] = [],
): Promise<readonly Draft[]> {
  const { attempt, abort } = open;
  const { verdict, drafts } = await probeWorld(open, artifacts);
  const mayGoOn = verdict !== "not done" || !abort.aborted || abort.reason instanceof Detach;
  const end = draft(attempt, "step.cancelled", { ...place(attempt), reason: reasonOf(abort) });
  // There is nothing to doubt about a look that was broken off.
  const doubts = attempt.step.effect === "read" ? [] : [doubt(attempt, why)];
  return [...doubts, ...drafts, ...(mayGoOn ? [] : [end])];
}

type CertainOutcome = Exclude<AttemptOutcome, { readonly type: "lost" }>;

function outcomeDrafts(attempt: AttemptRequest, outcome: CertainOutcome): readonly Draft[] {
  const { run, id: step, attempt: number } = attempt;
  const at = place(attempt);
  switch (outcome.type) {
    case "succeeded": {
      const { output, artifacts } = outcome;
      // As it is stored, without sorting or copying: this is how nearly all attempts end.
      const data = { attempt: number, output, step };
      return [
        {
          run,
          type: "step.succeeded",
          actor: engineActor,
          data: succeededWith(attempt.step, data),
          artifacts,
        },
      ];
    }
    case "failed": {
      const { failure, artifacts } = outcome;
      return [{ ...draft(attempt, "step.failed", { ...at, failure }), artifacts }];
    }
    case "stopped": {
      const { reason, leftRunning = [] } = outcome;
      const left = leftRunning.length === 0 ? {} : { leftRunning };
      return [draft(attempt, "step.cancelled", { ...at, reason, ...left })];
    }
    case "detached":
      return [];
  }
}

interface ProbeResult {
  readonly verdict: Probed<Json>["verdict"];
  readonly drafts: readonly Draft[];
}

async function probeWorld(open: OpenAttempt, artifacts: readonly Artifact[] = []): Promise<ProbeResult> {
  const { host, state, pending, attempt, abort } = open;
  if (attempt.step.effect === "read") {
    const again = reconciled(attempt, "not done", "read-only", "It only reads, so it runs again.");
    return { verdict: "not done", drafts: [again] };
  }
  const probed = doubted(open, await safely(() => host.probe(attempt, abort.signal)));
  const { verdict, why } = probed;
  switch (verdict) {
    case "done": {
      const data = succeededWith(attempt.step, { ...place(attempt), output: probed.output });
      const done = { ...draft(attempt, "step.succeeded", data), artifacts };
      return { verdict, drafts: [reconciled(attempt, verdict, "probe", why), done] };
    }
    case "not done":
      return { verdict, drafts: [reconciled(attempt, verdict, "probe", why)] };
    case "unknown":
      return {
        verdict,
        drafts: abort.aborted ? unanswered(attempt, abort) : [doubtGate(state, pending, why)],
      };
  }
}

/** What a lost part of the run did may have been undone or used up since: only a person can say that it did not. */
function doubted({ state, pending }: OpenAttempt, probed: Probed<Json>): Probed<Json> {
  if (probed.verdict !== "not done" || unknownSince(state, pending) === null) return probed;
  const rest = "If you say that it did not take effect, nothing after it is asked about.";
  return { verdict: "unknown", why: `${doubtOf({ state, pending })} Now: ${probed.why} ${rest}` };
}

/** A question that was broken off is left to the next engine, or with the run. */
function unanswered(attempt: AttemptRequest, abort: Abort): readonly Draft[] {
  if (abort.reason instanceof Detach) return [];
  const reason = `${reasonOf(abort)} What became of this attempt is not known.`;
  return [draft(attempt, "step.cancelled", { ...place(attempt), reason })];
}

function reasonOf({ reason }: Pick<Abort, "reason">): string {
  return reason instanceof Error ? reason.message : String(reason);
}

function place({ id, attempt }: AttemptRequest): { readonly step: string; readonly attempt: number } {
  return { step: id, attempt };
}

function doubt(attempt: AttemptRequest, why: string): Draft {
  return draft(attempt, "step.inDoubt", { ...place(attempt), why });
}

/** A probe that fails has found out nothing. */
async function safely(probe: () => Promise<Probed<Json>>): Promise<Probed<Json>> {
  try {
    return await probe();
  } catch (error) {
    return { verdict: "unknown", why: `The world could not be asked: ${toFailure(error).message}` };
  }
}

function reconciled(
  attempt: AttemptRequest,
  verdict: EventData["step.reconciled"]["verdict"],
  by: EventData["step.reconciled"]["by"],
  why: string,
): Draft {
  return draft(attempt, "step.reconciled", { ...place(attempt), verdict, by, why });
}

function draft<T extends EventType>(attempt: AttemptRequest, type: T, data: EventData[T]): Draft {
  return { run: attempt.run, type, actor: engineActor, data } as Draft;
}
