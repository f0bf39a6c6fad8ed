import type { Abort } from "../model/abort.ts";
import type { Clock } from "../model/clock.ts";
import type { ClockJump } from "../model/record-clock.ts";
import type { Failure } from "../model/error.ts";
import type { Artifact, Draft, RunEvent } from "../model/event.ts";
import type { Json } from "../model/json.ts";
import type { AnyStep, Probed } from "../model/step.ts";
import type { Runbook } from "../runbook/types.ts";
import type { IdSource } from "./next-events.ts";

/** One attempt of a step, as recorded by its `step.started`. */
export interface AttemptRequest {
  readonly run: string;
  readonly id: string;
  readonly step: AnyStep;
  readonly input: Json;
  readonly attempt: number;
  readonly key: string;
  /** When it began at the earliest, as a time of the record. */
  readonly startedAt: string;
}

/** How an attempt ended. `lost`: with a failure that does not tell whether it took effect; `detached`: it goes on without the engine. */
export type AttemptOutcome =
  | { readonly type: "succeeded"; readonly output: Json; readonly artifacts: readonly Artifact[] }
  | { readonly type: "failed"; readonly failure: Failure; readonly artifacts: readonly Artifact[] }
  | { readonly type: "stopped"; readonly reason: string; readonly leftRunning?: readonly string[] }
  | { readonly type: "detached" }
  | { readonly type: "lost"; readonly failure: Failure; readonly artifacts: readonly Artifact[] };

/** What one turn adds: all of it is stored, or nothing. */
export interface Batch {
  /** When it was made, by the record's clock: it is stored under this time or not at all. */
  readonly at?: string;
  readonly drafts: readonly Draft[];
  /** The `rseq` up to which the driver has read each run it writes to; 0 for a new run. */
  readonly seen: ReadonlyMap<string, number>;
  /**
   * Makes the snapshots of runs that rest after the turn, as caches that verification recomputes. A host may keep an
   * older one instead: nothing is read from them, and one as long as a run's history at each rest would make long runs slow.
   */
  readonly snapshots: ReadonlyMap<string, () => Json>;
}

/**
 * `conflict`: nothing was stored, because somebody else (an approver, say) has added these first; none, where others have
 * only taken the record's time on.
 */
export type AppendResult =
  | { readonly type: "stored"; readonly events: readonly RunEvent[] }
  | { readonly type: "conflict"; readonly events: readonly RunEvent[] };

/** A run and its child runs, as they are stored. */
export interface LoadedRuns {
  readonly runs: readonly { readonly runbook: Runbook; readonly events: readonly RunEvent[] }[];
}

/**
 * Where runs live and steps happen. The engine's driver knows nothing else of the outside: SQLite and local
 * processes are one host, a distributed engine can be another.
 */
export interface Host {
  /** The record's clock (record-clock.ts); `mint` has the same. */
  readonly clock: Clock;
  readonly ids: IdSource;
  /** How the wall clock has jumped since this was asked last. */
  readonly jumps: () => readonly ClockJump[];
  readonly load: (root: string) => Promise<LoadedRuns>;
  /** Resolves when the turn is durable; rejects with `LEASE_LOST` when another engine drives the run. */
  readonly commit: (turn: Batch) => Promise<AppendResult>;
  /** Runs an attempt to its outcome, or takes up what a dead engine left running. Never rejects for what a step does. */
  readonly perform: (attempt: AttemptRequest, abort: Abort) => Promise<AttemptOutcome>;
  /** Whether a dead engine left a process, or its exit record, that `perform` will take up. */
  readonly hasProcess: (attempt: AttemptRequest) => Promise<boolean>;
  /** Asks the world whether the effect happened. */
  readonly probe: (attempt: AttemptRequest, signal: AbortSignal) => Promise<Probed<Json>>;
  /** Resolves with events that others added to these runs after what was seen, when there are some; `seen` changes meanwhile. */
  readonly watchForeignEvents: (
    seen: ReadonlyMap<string, number>,
    signal: AbortSignal,
  ) => Promise<readonly RunEvent[]>;
}
