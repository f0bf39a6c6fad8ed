/**
 * The auditor's question to the machine: do the stored events, folded anew, say what was stored at the time? Snapshots,
 * what gates showed, what steps were given and what was concluded are made again and compared.
 */
import { RunbookError } from "../model/error.ts";
import { isOf, type Draft, type EventType, type PinnedRunbook, type RunEvent } from "../model/event.ts";
import { gateDigest } from "../model/gate-digest.ts";
import { canonical, toJson, type Json, type JsonObject } from "../model/json.ts";
import type { Runbook } from "../runbook/types.ts";
import { persist } from "./machine.ts";
import { apply, open, replay } from "./replay.ts";
import { nextEvents, type IdSource } from "./next-events.ts";
import { revised, type RunState } from "./state.ts";

/** What is stored of one run, and the runbooks by which it went. */
export interface RecordedRun {
  readonly events: readonly RunEvent[];
  /** The cached snapshot and the `rseq` it belongs to. */
  readonly snapshot: { readonly json: string; readonly rseq: number } | undefined;
  /** The runbook in the text that a pin names. */
  readonly runbookOf: (pinned: PinnedRunbook) => Runbook;
}

type Folded = Pick<RecordedRun, "events" | "runbookOf">;

/** Something that was stored and that its events do not lead to. */
export interface ReplayDifference {
  readonly run: string;
  readonly rseq: number;
  /** For example `gate.opened approvePlan: shown`. */
  readonly what: string;
  /** Both as canonical JSON, or a sentence. */
  readonly stored: string;
  readonly recomputed: string;
}

/** What a run's events lead to, as data: it can be made in one process and compared in another. */
export interface Derivation {
  /** Of each event with parts that follow from the state before it. */
  readonly events: readonly Derived[];
  /** Canonical JSON of the state after the event that the snapshot belongs to; null where there is none. */
  readonly snapshot: string | null;
  /** The first event that does not fit, and why; nothing is derived after it. */
  readonly stopped: { readonly rseq: number; readonly why: string } | null;
}

interface Derived {
  readonly rseq: number;
  /** Each part as canonical JSON; null when nothing of the kind follows. */
  readonly parts: Readonly<Record<string, string>> | null;
}

/** Recomputes a run; empty when everything that was stored follows from its events. */
export function recompute(recorded: RecordedRun): readonly ReplayDifference[] {
  const { events, snapshot, runbookOf } = recorded;
  const snapshotAfter = snapshot?.rseq ?? null;
  return differencesOf({ events, snapshot }, derive({ events, snapshotAfter, runbookOf }));
}

/** Folds a run's events by its runbooks, and tells what follows from them. Only this needs the runbooks. */
export function derive({
  events,
  snapshotAfter,
  runbookOf,
}: Folded & { readonly snapshotAfter: number | null }): Derivation {
  const derived: Derived[] = [];
  let before: RunState | undefined;
  let snapshot: string | null = null;
  const told = (stopped: Derivation["stopped"]): Derivation => {
    return { events: derived, snapshot, stopped };
  };
  for (const event of events) {
    try {
      if (before !== undefined && isDerived(event)) derived.push(deriveOne(before, event));
      before = after({ events, runbookOf }, before, event);
      if (snapshotAfter === event.rseq) snapshot = snapshotOf(before);
    } catch (error) {
      return told({ rseq: event.rseq, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return told(null);
}

/** What was stored of a run, compared with what its events lead to; what nothing was derived for differs, too. */
export function differencesOf(
  { events, snapshot }: Pick<RecordedRun, "events" | "snapshot">,
  { events: derived, snapshot: recomputed, stopped }: Derivation,
): readonly ReplayDifference[] {
  const parts = new Map(derived.map((one) => [one.rseq, one.parts]));
  const found: ReplayDifference[] = [];
  for (const [index, event] of events.entries()) {
    const { run, rseq, type } = event;
    const isDue = index > 0 && isDerived(event);
    if (isDue && parts.has(rseq)) found.push(...compare(event, parts.get(rseq) ?? null));
    if (index > 0 && isDoubt(event)) found.push(...compareDigest(event));
    if (stopped?.rseq === rseq) {
      const stored = "an event that does not fit";
      return [...found, { run, rseq, what: type, stored, recomputed: stopped.why }];
    }
    if (isDue && !parts.has(rseq))
      found.push({ run, rseq, what: type, stored: canonical(event.data), recomputed: "no answer" });
    if (snapshot?.rseq === rseq) found.push(...compareSnapshot(event, snapshot.json, recomputed));
  }
  const all = new Set(events.map(({ rseq }) => rseq));
  const run = events[0]?.run ?? "";
  const beyond = [
    ...(snapshot === undefined || all.has(snapshot.rseq)
      ? []
      : [{ rseq: snapshot.rseq, what: "the snapshot" }]),
    ...(stopped === null || all.has(stopped.rseq) ? [] : [{ rseq: stopped.rseq, what: stopped.why }]),
  ];
  return [
    ...found,
    ...beyond.map((one) => ({ run, ...one, stored: "no such event", recomputed: "an event" })),
  ];
}

/** The state of a run after its event number `rseq`, by the runbook that it followed then. */
export function stateAt({ events, runbookOf }: Folded, rseq: number): RunState {
  const until = events.filter((event) => event.rseq <= rseq);
  return replay(runbookOf(pinOf(until)), until);
}

/** The states of a run after each of its events, by the runbook that it followed then. */
export function* statesAfter(recorded: Folded): Generator<RunState> {
  let state: RunState | undefined;
  for (const event of recorded.events) {
    state = after(recorded, state, event);
    yield state;
  }
}

/** The runbook that a run goes on with: the pinned text, or the one it was migrated to. */
export function pinOf(events: readonly RunEvent[]): PinnedRunbook {
  const migrated = events.findLast((event) => isOf(event, "run.migrated"));
  if (migrated !== undefined) return migrated.data.to;
  const [first] = events;
  if (first !== undefined && isOf(first, "run.started")) return first.data.runbook;
  throw new RunbookError("RECORD_BROKEN", "A run's record does not begin with its start.");
}

function after(recorded: Folded, before: RunState | undefined, event: RunEvent): RunState {
  // From a migration on, the run is what its events say on the new runbook.
  if (isOf(event, "run.migrated")) return stateAt(recorded, event.rseq);
  if (before !== undefined) return apply(before, event);
  if (isOf(event, "run.started")) return open(recorded.runbookOf(event.data.runbook), event);
  return replay(recorded.runbookOf(pinOf([event])), [event]);
}

/** The parts of an event that follow from the state before it: neither times nor ids nor wording. */
const derivedParts: Partial<Record<EventType, readonly string[]>> = {
  "step.started": ["step", "kind", "attempt", "effect", "input", "binds", "allowedBy", "accepted"],
  "step.refused": ["step", "kind"],
  "gate.opened": [
    "gate",
    "step",
    "kind",
    "title",
    "shown",
    "digest",
    "risk",
    "options",
    "approvers",
    "usableFor",
    "covers",
    "binds",
    "bound",
  ],
  "child.started": ["step", "runbook"],
  "finding.recorded": ["step", "text", "status"],
  "criterion.evaluated": ["id", "title", "verdict", "evidence"],
  "followUp.added": ["id", "title", "owner"],
  "run.succeeded": ["reason"],
  "run.failed": ["reason", "criteria"],
};

/** Before approvals covered writes, gates said less and no write was asked about by the engine. */
const formerly = ["gate", "step", "kind", "title", "shown", "options", "approvers", "bound"];

function isFormer(event: RunEvent): boolean {
  if (isOf(event, "gate.opened")) return event.data.covers === undefined;
  return isOf(event, "step.started") && event.data.effect === "write" && event.data.binds === undefined;
}

/** What became of an interrupted step is asked because of the world, which cannot be recomputed. */
function isDoubt(event: RunEvent): event is Extract<RunEvent, { readonly type: "gate.opened" }> {
  return isOf(event, "gate.opened") && event.data.kind === "inDoubt";
}

/** The parts of this event; none where nothing follows. */
function partsOf(event: RunEvent): readonly string[] {
  if (isDoubt(event)) return [];
  if (isOf(event, "gate.opened") && isFormer(event)) return formerly;
  return derivedParts[event.type] ?? [];
}

function isDerived(event: RunEvent): boolean {
  return partsOf(event).length > 0;
}

function deriveOne(state: RunState, event: RunEvent): Derived {
  const subject = subjectOf(event);
  const isGate = isOf(event, "gate.opened");
  const judged = isFormer(event) && !isGate ? revised(state, { allowances: null }) : state;
  const expectedAt = (at: string): Draft | undefined =>
    nextEvents(judged, idsAt(at)).find((draft) => draft.type === event.type && subjectOf(draft) === subject);
  // Whether an approval was used in its time is another check's to judge, by the times that were stored.
  const expected = expectedAt(event.at) ?? expectedAt(new Date(0).toISOString());
  if (expected === undefined) return { rseq: event.rseq, parts: null };
  const parts = partsOf(event).map((name) => [name, canonical(partOf(expected, name))] as const);
  return { rseq: event.rseq, parts: Object.fromEntries(parts) };
}

function compare(event: RunEvent, parts: Derived["parts"]): readonly ReplayDifference[] {
  const { run, rseq } = event;
  const what = `${event.type} ${subjectOf(event)}`.trim();
  if (parts === null)
    return [{ run, rseq, what, stored: canonical(event.data), recomputed: "nothing of the kind" }];
  const found = partsOf(event).flatMap((name) =>
    difference(event, `${what}: ${name}`, [canonical(partOf(event, name)), parts[name] ?? "no answer"]),
  );
  return isOf(event, "gate.opened") && isFormer(event) ? [...found, ...compareDigest(event)] : found;
}

function compareDigest({ run, rseq, data }: Extract<RunEvent, { readonly type: "gate.opened" }>) {
  const [stored, recomputed] = [canonical(data.digest), canonical(gateDigest(run, data))];
  return difference({ run, rseq }, `gate.opened ${data.gate}: digest`, [stored, recomputed]);
}

function compareSnapshot(
  event: Pick<RunEvent, "run" | "rseq">,
  json: string,
  recomputed: string | null,
): readonly ReplayDifference[] {
  const stored = canonical(saidBy(JSON.parse(json) as JsonObject));
  return difference(event, "the snapshot", [stored, recomputed ?? "no answer"]);
}

function snapshotOf({ runbook, snapshot }: RunState): string {
  return canonical(saidBy(persist(runbook, snapshot) as JsonObject));
}

/** Where the machine is and what it knows, without whatever else a version of xstate writes into a snapshot. */
function saidBy({ status, value, context, historyValue, output }: JsonObject): Json {
  const all = { status, value, context, historyValue: historyValue ?? {}, output: output ?? null };
  return toJson(all);
}

function difference(
  { run, rseq }: Pick<RunEvent, "run" | "rseq">,
  what: string,
  [stored, recomputed]: readonly [string, string],
): readonly ReplayDifference[] {
  return stored === recomputed ? [] : [{ run, rseq, what, stored, recomputed }];
}

/** What tells events of one type apart. */
function subjectOf(draft: Draft): string {
  const { gate, step, id } = draft.data as Readonly<Record<string, unknown>>;
  if (draft.type === "finding.recorded") return "";
  return [gate, step, id].find((name) => typeof name === "string") ?? "";
}

function partOf(draft: Draft, part: string): Json {
  return (draft.data as Readonly<Record<string, Json>>)[part] ?? null;
}

/** Neither keys nor run ids are compared. */
function idsAt(at: string): IdSource {
  return { now: () => new Date(at), key: () => "", run: () => "" };
}
