/**
 * The events of a run. They are the truth: the state of a run is what these, folded in order, say.
 * Names are `noun.pastTense`; `data` never holds a secret or an undefined.
 */
import type { Duration } from "./duration.ts";
import type { Failure } from "./error.ts";
import type { Json, JsonObject } from "./json.ts";
import type { ClockJump } from "./record-clock.ts";
import type { NamedTimer } from "./state-ids.ts";
import type { Risk } from "./step.ts";

/** Who did it, and how we know. */
export interface Actor {
  readonly kind: "human" | "agent" | "engine" | "policy" | "practice";
  readonly id: string;
  readonly identified: "os-user" | "claimed" | "engine";
}

/** What a run acts on. Two unfinished runs never share one. */
export interface Target {
  readonly account: string;
  readonly region: string;
  readonly dir: string;
  readonly workspace: string;
  /** The URL of the practice world, when the run is practice. */
  readonly practice: string | null;
}

/** An evidence file of an attempt, named by the SHA-256 of its redacted bytes. */
export interface Artifact {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

export type Verdict = "pending" | "pass" | "fail" | "unknown";

/** One thing that a person may choose at a gate. */
export interface GateOption {
  readonly id: string;
  readonly label: string;
  readonly danger: boolean;
  readonly suggested: boolean;
  readonly reasonNeeded: boolean;
  /** Why it cannot be chosen now, or null. */
  readonly disabled: string | null;
}

/** A write that an answer allows. */
export interface Cover {
  readonly state: string;
  /** How many effects: one, and one more for each declared retry. */
  readonly times: number;
  /** Only where this option is chosen. */
  readonly option?: string;
}

/** What a gate asks for: a yes or no, one of several options, values, or what became of an interrupted step. */
export type GateKind = "approval" | "choice" | "input" | "inDoubt";

export interface Gate {
  /** Unique in the run: the step's name, and `#2` from its second opening on. */
  readonly gate: string;
  readonly step: string;
  readonly kind: GateKind;
  readonly title: string;
  /** Exactly what the person was shown. */
  readonly shown: JsonObject;
  /** SHA-256 of the run and everything here but `options` and `expiresAt`: an approval names it. */
  readonly digest: string;
  readonly risk: Risk;
  readonly options: readonly GateOption[];
  /** How long the gate may stay unanswered. */
  readonly expiresAt: string | null;
  /** `others` keeps the person who asked for the run from approving; a list names everybody who may. */
  readonly approvers: Approvers;
  /** How many different people have to approve, where that is more than one. */
  readonly approvals?: number;
  /** How long after the grant an approval may be used; null where nothing is approved. */
  readonly usableFor: Duration | null;
  /** The writes that an answer allows; records from before approvals covered writes do not say. */
  readonly covers?: readonly Cover[];
  /** What the allowed writes have to be about, as `plan:4f1c`: what the person was shown. */
  readonly binds?: readonly string[];
  /** What the run goes by: after another runbook has taken over, the gate asks again. */
  readonly bound: { readonly runbook: string; readonly inputs: string };
}

export type Approvers = "anyone" | "others" | readonly string[];

export interface PinnedRunbook {
  readonly id: string;
  readonly title: string;
  /** SHA-256 of the compiled source that the run keeps. */
  readonly source: string;
}

export type RunEnd = "succeeded" | "failed" | "cancelled";

export interface EventData {
  "run.started": {
    readonly runbook: PinnedRunbook;
    readonly input: JsonObject;
    readonly target: Target | null;
    readonly identity: string | null;
    /** Versions of what the run uses: node, runwright, terraform and whether it is the stand-in. */
    readonly tools: JsonObject;
    /** The run that it is part of, and who asked for that. */
    readonly parent: { readonly run: string; readonly step: string; readonly requester: string } | null;
    readonly steps: readonly { readonly step: string; readonly title: string }[];
    readonly criteria: readonly { readonly id: string; readonly title: string; readonly step: string }[];
  };
  "run.resumed": { readonly note: string };
  "run.interrupted": { readonly reason: string };
  "run.migrated": { readonly from: PinnedRunbook; readonly to: PinnedRunbook };
  "run.faulted": { readonly failure: Failure };
  "run.succeeded": { readonly reason: string };
  "run.failed": { readonly reason: string; readonly criteria: readonly string[] };
  "run.cancelled": { readonly reason: string; readonly leftRunning: readonly string[] };
  "cancel.requested": { readonly reason: string };
  "step.started": {
    readonly step: string;
    readonly kind: string;
    readonly attempt: number;
    /** The idempotency key: the same for every attempt that may be the same effect. */
    readonly key: string;
    readonly effect: "read" | "write";
    readonly risk: Risk;
    readonly describe: string;
    readonly input: Json;
    /** Of a write: what it is about, as `plan:4f1c`. */
    readonly binds?: readonly string[];
    /** Of a write: the gate whose approval this intent spends. */
    readonly allowedBy?: string;
    /** Of a write that needs no approval although its risk is medium: the runbook's reason. */
    readonly accepted?: string;
  };
  /** It was not let begin: nothing has happened. */
  "step.refused": {
    readonly step: string;
    readonly kind: string;
    readonly describe: string;
    readonly failure: Failure;
  };
  "step.succeeded": {
    readonly step: string;
    readonly attempt: number;
    readonly output: Json;
    /** What came into being by a write, as `taskDefinition:...`. */
    readonly made?: readonly string[];
  };
  "step.failed": { readonly step: string; readonly attempt: number; readonly failure: Failure };
  "step.cancelled": {
    readonly step: string;
    readonly attempt: number;
    readonly reason: string;
    /** What goes on by itself: processes that could not be ended, a deployment. */
    readonly leftRunning?: readonly string[];
  };
  "step.inDoubt": { readonly step: string; readonly attempt: number; readonly why: string };
  "step.reconciled": {
    readonly step: string;
    readonly attempt: number;
    readonly verdict: "done" | "not done" | "adopted";
    readonly by: "process" | "probe" | "operator" | "read-only";
    readonly why: string;
  };
  "gate.opened": Gate;
  "gate.closed": {
    readonly gate: string;
    readonly why: "expired" | "cancelled" | "approval expired" | "runbook changed";
  };
  "approval.granted": {
    readonly gate: string;
    readonly digest: string;
    readonly reason: string;
    /** Unused until then, it is worth nothing. */
    readonly useBy: string | null;
  };
  "approval.denied": { readonly gate: string; readonly digest: string; readonly reason: string };
  /** Taken back before it was used; the gate asks again. */
  "approval.revoked": { readonly gate: string; readonly digest: string; readonly reason: string };
  /** Stored in one transaction with the intent that it allows. */
  "approval.used": { readonly gate: string; readonly digest: string };
  "decision.made": {
    readonly gate: string;
    readonly digest: string;
    readonly choice: string;
    readonly reason: string;
    /** Where it allows a write: unused until then, it is worth nothing. */
    readonly useBy?: string | null;
    /** For `inDoubt` gates answered with `done`: what the step would have returned. */
    readonly output: Json;
  };
  "input.given": { readonly gate: string; readonly digest: string; readonly values: JsonObject };
  "timer.armed": NamedTimer & { readonly due: string };
  "timer.fired": NamedTimer;
  "timer.cancelled": NamedTimer;
  "child.started": { readonly step: string; readonly run: string; readonly runbook: string };
  "child.ended": { readonly step: string; readonly run: string; readonly status: RunEnd };
  "finding.recorded": {
    readonly text: string;
    readonly status: "hypothesis" | "confirmed";
    readonly step: string;
  };
  "criterion.evaluated": {
    readonly id: string;
    readonly title: string;
    readonly verdict: Verdict;
    /** `rseq` of the event whose evidence decided it. */
    readonly evidence: number | null;
  };
  "followUp.added": {
    readonly id: string;
    readonly title: string;
    readonly owner: string;
    readonly due: string;
  };
  /** The clock of the machine that drives the run is more than 5 s from where it should be (record-clock.ts). */
  "clock.jumped": ClockJump;
  "lease.acquired": {
    readonly epoch: number;
    readonly host: string;
    readonly pid: number;
    readonly user: string;
    /** Gates of which risk this process approves without asking anybody, because its user said so. */
    readonly approves?: readonly Risk[];
  };
  "plan.used": { readonly name: string; readonly key: string };
  /** Of the run `log`, for it belongs to all, and of each run that goes on from what is left of it. */
  "rollback.accepted": {
    /** What was noted outside of the database, and what it holds: a log's id, its newest event and that one's hash. */
    readonly was: { readonly log: string; readonly seq: number; readonly hash: string };
    readonly is: { readonly log: string; readonly seq: number; readonly hash: string };
    readonly reason: string;
    /** When the newest event that is left was stored: what was done later is not in the record. */
    readonly since: string;
    /** Runs that go on from what is left of them. */
    readonly unfinished: readonly string[];
  };
  "record.exported": {
    /** The recipient, as whoever exported named them. */
    readonly to: string;
    /** The run and the child runs inside it. */
    readonly runs: readonly string[];
    /** `seq` of the events whose data was left out. */
    readonly withheld: readonly number[];
  };
  /** A person's word on the whole record of an ended run. */
  "record.signedOff": {
    /** The newest event that the person read; its hash stands for everything before it. */
    readonly head: { readonly seq: number; readonly hash: string };
    readonly reason: string;
  };
  "record.pruned": {
    readonly reason: string;
    /** The run and its child runs: the data of their events up to this one is gone. */
    readonly runs: readonly string[];
    /** SHA-256 of the evidence files that those events named. */
    readonly artifacts: readonly string[];
    /** Recordings of the terminal, which no event named before. */
    readonly recordings?: readonly Artifact[];
  };
}

export type EventType = keyof EventData;

/** An event that is not stored yet. */
export type Draft = {
  readonly [T in EventType]: {
    readonly run: string;
    readonly type: T;
    readonly actor: Actor;
    readonly data: EventData[T];
    readonly artifacts?: readonly Artifact[];
  };
}[EventType];

/**
 * What storing adds to a draft. An event is stored as two texts, both canonical JSON: its envelope (this and `run`,
 * `type`, `actor`), whose hash the next event names, and its data with `artifacts` and a `salt`, to which the envelope
 * is bound by their digest. So what was said can be withheld or pruned, and the chain still holds.
 */
export interface EventEnvelope {
  readonly v: 1;
  /** The id of the database's log: events of another database cannot be slipped in. */
  readonly log: string;
  /** From 1 over the whole log, dense. */
  readonly seq: number;
  /** From 1 within the run, dense. */
  readonly rseq: number;
  /** UTC with milliseconds; never goes backwards in a log. */
  readonly at: string;
  /** The hash of the event before this one in the log; 64 zeros for the first. */
  readonly prev: string;
  /** SHA-256 of the stored text of `artifacts`, `data` and `salt`. */
  readonly commitment: string;
}

/** A stored event. `hash` is SHA-256 over a zero byte and the envelope's stored bytes. */
export type RunEvent = Draft &
  EventEnvelope & { readonly artifacts: readonly Artifact[]; readonly hash: string };

/** The stored events of these types. */
export type EventOf<T extends EventType> = Extract<RunEvent, { readonly type: T }>;

export const engineActor: Actor = { id: "runwright", identified: "engine", kind: "engine" };

export function isOf<T extends EventType>(event: RunEvent, ...types: readonly T[]): event is EventOf<T> {
  return types.some((type) => type === event.type);
}
