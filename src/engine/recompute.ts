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

/** Recomputes a run; empty when everything that was stored follows from its events. */
export function recompute(recorded: RecordedRun): readonly ReplayDifference[] {
  const found: ReplayDifference[] = [];
  let before: RunState | undefined;
  for (const event of recorded.events) {
    const { run, rseq, type } = event;
    try {
      if (before !== undefined) found.push(...compare(before, event));
      before = after(recorded, before, event);
      if (recorded.snapshot?.rseq === rseq) found.push(...compareSnapshot(before, recorded.snapshot.json));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return [...found, { run, rseq, what: type, stored: "an event that does not fit", recomputed: why }];
    }
  }
  return found;
}

/** The state of a run after its event number `rseq`, by the runbook that it followed then. */
export function stateAt({ events, runbookOf }: RecordedRun, rseq: number): RunState {
  const until = events.filter((event) => event.rseq <= rseq);
  return replay(runbookOf(pinOf(until)), until);
}

/** The states of a run after each of its events, by the runbook that it followed then. */
export function* statesAfter(recorded: RecordedRun): Generator<RunState> {
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

function after(recorded: RecordedRun, before: RunState | undefined, event: RunEvent): RunState {
  // From a migration on, the run is what its events say on the new runbook.
  if (isOf(event, "run.migrated")) return stateAt(recorded, event.rseq);
  if (before !== undefined) return apply(before, event);
  if (isOf(event, "run.started")) return open(recorded.runbookOf(event.data.runbook), event);
  return replay(recorded.runbookOf(pinOf([event])), [event]);
}

/** The parts of an event that follow from the state before it: neither times nor ids nor wording. */
const derived: Partial<Record<EventType, readonly string[]>> = {
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

function compare(state: RunState, event: RunEvent): readonly ReplayDifference[] {
  // What became of an interrupted step is asked because of the world, which cannot be recomputed.
  if (isOf(event, "gate.opened") && event.data.kind === "inDoubt") return compareDigest(event);
  const isGate = isOf(event, "gate.opened");
  const parts = isGate && isFormer(event) ? formerly : derived[event.type];
  if (parts === undefined) return [];
  const subject = subjectOf(event);
  const judged = isFormer(event) && !isGate ? revised(state, { allowances: null }) : state;
  const expectedAt = (at: string): Draft | undefined =>
    nextEvents(judged, idsAt(at)).find((draft) => draft.type === event.type && subjectOf(draft) === subject);
  // Whether an approval was used in its time is another check's to judge, by the times that were stored.
  const expected = expectedAt(event.at) ?? expectedAt(new Date(0).toISOString());
  const what = `${event.type} ${subject}`.trim();
  if (expected === undefined) {
    const { run, rseq } = event;
    return [{ run, rseq, what, stored: canonical(event.data), recomputed: "nothing of the kind" }];
  }
  const found = parts.flatMap((part) =>
    difference(event, `${what}: ${part}`, [partOf(event, part), partOf(expected, part)]),
  );
  return isGate && isFormer(event) ? [...found, ...compareDigest(event)] : found;
}

function compareDigest({ run, rseq, data }: Extract<RunEvent, { readonly type: "gate.opened" }>) {
  return difference({ run, rseq }, `gate.opened ${data.gate}: digest`, [data.digest, gateDigest(run, data)]);
}

function compareSnapshot(state: RunState, json: string): readonly ReplayDifference[] {
  const stored = JSON.parse(json) as JsonObject;
  const recomputed = persist(state.runbook, state.snapshot) as JsonObject;
  return difference(state, "the snapshot", [saidBy(stored), saidBy(recomputed)]);
}

/** Where the machine is and what it knows, without whatever else a version of xstate writes into a snapshot. */
function saidBy({ status, value, context, historyValue, output }: JsonObject): Json {
  const all = { status, value, context, historyValue: historyValue ?? {}, output: output ?? null };
  return toJson(all);
}

function difference(
  { run, rseq }: Pick<RunEvent, "run" | "rseq">,
  what: string,
  [one, other]: readonly [Json, Json],
): readonly ReplayDifference[] {
  const [stored, recomputed] = [canonical(one), canonical(other)];
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
