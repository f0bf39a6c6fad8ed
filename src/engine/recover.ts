/**
 * The in-doubt protocol: what became of an attempt whose start is recorded and whose outcome is not?
 *
 * V1  A process or its exit record is taken up; nothing is started.
 * V2  Else a read simply runs again, as a new attempt.
 * V3  Else the world is asked by the step's probe.
 * V4  Else a person decides. A write is never repeated on a guess.
 */
import { toFailure } from "../model/error.ts";
import { engineActor, type Draft, type EventData, type EventType } from "../model/event.ts";
import type { Json } from "../model/json.ts";
import type { Probed } from "../model/step.ts";
import type { Attempt, Host, Outcome } from "./host.ts";
import { doubtGate } from "./settle.ts";
import type { Pending, RunState } from "./state.ts";

type PendingStep = Extract<Pending, { readonly type: "step" }>;

/** Settles an attempt of a former engine; returns what to record. */
export async function recover(
  host: Host,
  state: RunState,
  pending: PendingStep,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<readonly Draft[]> {
  const doubt = draft(attempt, "step.inDoubt", {
    step: attempt.id,
    attempt: attempt.attempt,
    why: "The engine ended after this attempt was recorded and before its outcome was.",
  });
  if (await host.hasProcess(attempt)) {
    const adopted = reconciled(
      attempt,
      "adopted",
      "process",
      "Its process, or the exit record of it, is there.",
    );
    const outcome = await host.perform(attempt, signal);
    return [doubt, adopted, ...(await outcomeDrafts(host, state, pending, attempt, outcome, signal))];
  }
  return [doubt, ...(await askWorld(host, state, pending, attempt, signal))];
}

/** What to record of an outcome; a lost one goes back to the world. */
export async function outcomeDrafts(
  host: Host,
  state: RunState,
  pending: PendingStep,
  attempt: Attempt,
  outcome: Outcome,
  signal: AbortSignal,
): Promise<readonly Draft[]> {
  const at = { step: attempt.id, attempt: attempt.attempt };
  switch (outcome.type) {
    case "succeeded":
      return [
        {
          ...draft(attempt, "step.succeeded", { ...at, output: outcome.output }),
          artifacts: outcome.artifacts,
        },
      ];
    case "failed":
      return [
        {
          ...draft(attempt, "step.failed", { ...at, failure: outcome.failure }),
          artifacts: outcome.artifacts,
        },
      ];
    case "stopped":
      return [draft(attempt, "step.cancelled", { ...at, reason: outcome.reason })];
    case "detached":
      return [];
    case "lost": {
      const doubt = draft(attempt, "step.inDoubt", { ...at, why: outcome.why });
      return [doubt, ...(await askWorld(host, state, pending, attempt, signal))];
    }
  }
}

async function askWorld(
  host: Host,
  state: RunState,
  pending: PendingStep,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<readonly Draft[]> {
  if (attempt.step.effect === "read") {
    return [reconciled(attempt, "not done", "read-only", "It only reads, so it runs again.")];
  }
  const probed = await safely(() => host.probe(attempt, signal));
  switch (probed.verdict) {
    case "done":
      return [
        reconciled(attempt, "done", "probe", probed.why),
        draft(attempt, "step.succeeded", {
          step: attempt.id,
          attempt: attempt.attempt,
          output: probed.output,
        }),
      ];
    case "not done":
      return [reconciled(attempt, "not done", "probe", probed.why)];
    case "unknown":
      return [doubtGate(state, pending, probed.why)];
  }
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
  attempt: Attempt,
  verdict: EventData["step.reconciled"]["verdict"],
  by: EventData["step.reconciled"]["by"],
  why: string,
): Draft {
  return draft(attempt, "step.reconciled", { step: attempt.id, attempt: attempt.attempt, verdict, by, why });
}

function draft<T extends EventType>(attempt: Attempt, type: T, data: EventData[T]): Draft {
  return { run: attempt.run, type, actor: engineActor, data } as Draft;
}
