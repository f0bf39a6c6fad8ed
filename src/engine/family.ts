import { engineActor, type Draft, type RunEvent } from "../model/event.ts";
import { asStored, type JsonObject } from "../model/json.ts";
import { failureIn } from "./fold.ts";
import { persist } from "./machine.ts";
import { cleansUp } from "./pending.ts";
import { apply, open, replay } from "./replay.ts";
import { settle, type Mint } from "./settle.ts";
import type { Loaded, Turn } from "./host.ts";
import type { Applicable, RunState } from "./state.ts";

/** A root run and its child runs. */
export type Family = ReadonlyMap<string, RunState>;

export function replayFamily({ runs }: Loaded): Family {
  return new Map(runs.map(({ runbook, events }) => [events[0]?.run ?? "", replay(runbook, events)]));
}

/** Folds events that are already stored. */
export function applyStored(family: Family, events: readonly RunEvent[]): Family {
  const next = new Map(family);
  for (const event of events) {
    const state = next.get(event.run);
    if (state !== undefined) next.set(event.run, apply(state, event));
  }
  return next;
}

/** Whether a stimulus still tells something: what it is about may have ended or been withdrawn since. */
export function isWanted(family: Family, draft: Draft): boolean {
  const state = family.get(draft.run);
  const asked = [...(state?.pending.values() ?? []), ...(state?.withdrawn ?? [])];
  switch (draft.type) {
    case "step.succeeded":
    case "step.failed":
    case "step.cancelled":
    case "step.inDoubt":
    case "step.reconciled": {
      const { step, attempt } = draft.data;
      return asked.some((one) => one.type === "step" && one.id === step && one.started?.attempt === attempt);
    }
    case "timer.fired":
      return state?.pending.get(draft.data.timer)?.type === "timer";
    case "approval.granted":
    case "gate.closed":
      // What was approved in time stays approved when its expiry is told late.
      return asked.some(
        (one) => one.type === "gate" && one.gate?.gate === draft.data.gate && one.granted === null,
      );
    case "gate.opened": {
      const pending = state?.pending.get(draft.data.step);
      return pending?.type === "step" && pending.started !== null && pending.doubt === null;
    }
    default:
      return true;
  }
}

/**
 * One turn: folds the stimuli and everything that must be recorded because of them, across parent and child runs,
 * until every run only waits.
 */
export function takeTurn(
  family: Family,
  stimuli: readonly Draft[],
  mint: Mint,
  watch: Watch = () => {},
): { family: Family; turn: Turn } {
  const now = mint.now();
  // What is decided in a turn and what is stored of it have one time.
  const timed: Mint = { now: () => now, key: mint.key, run: mint.run };
  const draw = drawing(family, now, watch);
  stimuli.forEach(draw.add);
  for (;;) {
    const next = nextDrafts(draw.runs, timed);
    if (next.length === 0) return finished(family, draw);
    next.forEach(draw.add);
  }
}

/** A turn of an engine that is about to stop: only what has happened, because nobody would do what is wanted next. */
export function takeNote(
  family: Family,
  stimuli: readonly Draft[],
  mint: Mint,
): { family: Family; turn: Turn } {
  const draw = drawing(family, mint.now(), () => {});
  stimuli.forEach(draw.add);
  return finished(family, draw);
}

/** Is told each draft of a turn as it is folded, with the run's state before and after it. */
export type Watch = (draft: Draft, before: RunState | undefined, after: RunState) => void;

interface Drawing {
  readonly runs: ReadonlyMap<string, RunState>;
  readonly drafts: readonly Draft[];
  readonly at: string;
  readonly add: (draft: Draft) => void;
}

function drawing(family: Family, now: Date, watch: Watch): Drawing {
  const runs = new Map(family);
  const drafts: Draft[] = [];
  const at = now.toISOString();
  function add(made: Draft): void {
    const draft = ordered(made);
    drafts.push(draft);
    const state = runs.get(draft.run);
    // In this order, because Node 20 makes a new hidden class whenever a key is added to a copy: that is a hundred times slower.
    const applicable: Applicable = { rseq: (state?.rseq ?? 0) + 1, at, ...draft };
    const next = state === undefined ? adopted(runs, applicable) : apply(state, applicable);
    runs.set(draft.run, next);
    watch(draft, state, next);
    if (draft.type !== "child.started") return;
    add(childStart(runs, draft));
    const rollback = runs.get(draft.run)?.rollback ?? null;
    // What the parent lost may have been such a child's.
    if (rollback !== null)
      add({ run: draft.data.run, type: "rollback.accepted", actor: engineActor, data: rollback.told });
  }
  return { runs, drafts, at, add };
}

/** What is folded is what will be stored: a runbook may look at the order of keys, and replay finds only the stored one. */
function ordered(draft: Draft): Draft {
  const data = asStored(draft.data, draft.type);
  return data === draft.data ? draft : ({ ...draft, data } as Draft);
}

function finished(before: Family, { runs, drafts, at }: Drawing): { family: Family; turn: Turn } {
  const touched = [...new Set(drafts.map(({ run }) => run))];
  const seen = new Map(touched.map((run) => [run, before.get(run)?.rseq ?? 0]));
  return { family: runs, turn: { at, drafts, seen, snapshots: snapshotsOf(touched, runs) } };
}

/** Made only for whoever stores them; a walk along every path does not ask for them. */
function snapshotsOf(touched: readonly string[], runs: Family): Turn["snapshots"] {
  return new Map(
    touched.flatMap((run) => {
      const state = runs.get(run);
      if (state === undefined || isBusy(state)) return [];
      return [[run, () => persist(state.runbook, state.snapshot)] as const];
    }),
  );
}

/** Between two steps nobody looks at a snapshot, and it grows with every output: it is kept where a run rests. */
function isBusy({ pending, end }: RunState): boolean {
  return end === null && [...pending.values()].some(({ type }) => type === "step");
}

/** The drafts of the first run that has any: one run at a time, so that parent and child see each other's. */
function nextDrafts(runs: Family, mint: Mint): readonly Draft[] {
  for (const state of runs.values()) {
    const own = settled(state, mint);
    if (own.length > 0) return own;
    const news = [...toParent(runs, state), ...toChildren(runs, state)];
    if (news.length > 0) return news;
  }
  return [];
}

/** What a runbook's functions throw here parks the run, to be tried again at the next resume. */
function settled(state: RunState, mint: Mint): readonly Draft[] {
  try {
    return settle(state, mint);
  } catch (error) {
    const data = { failure: failureIn(state.runbook, error) };
    return [{ run: state.run, type: "run.faulted", actor: engineActor, data }];
  }
}

/** A child that has ended is an outcome for its parent. */
function toParent(runs: Family, child: RunState): readonly Draft[] {
  const { parent } = child.start;
  if (child.end === null || parent === null) return [];
  const owner = runs.get(parent.run);
  const asked = [...(owner?.pending.values() ?? []), ...(owner?.withdrawn ?? [])];
  if (!asked.some((pending) => pending.type === "child" && pending.run === child.run)) return [];
  const data = { step: parent.step, run: child.run, status: child.end };
  return [{ run: parent.run, type: "child.ended", actor: engineActor, data }];
}

/** Cancelling a run cancels the runs inside it, and so does no longer wanting them. */
function toChildren(runs: Family, parent: RunState): readonly Draft[] {
  const inside = parent.cancel === null || cleansUp(parent) ? [] : [...parent.pending.values()];
  return [...inside, ...parent.withdrawn].flatMap((pending): readonly Draft[] => {
    const child = pending.type === "child" && pending.run !== null ? runs.get(pending.run) : undefined;
    if (child === undefined || child.cancel !== null || child.end !== null) return [];
    const data = { reason: parent.cancel ?? "no longer wanted" };
    return [{ run: child.run, type: "cancel.requested", actor: engineActor, data }];
  });
}

function childStart(runs: Family, draft: Extract<Draft, { readonly type: "child.started" }>): Draft {
  const parent = runs.get(draft.run);
  const pending = parent?.pending.get(draft.data.step);
  if (parent === undefined || pending?.type !== "child")
    throw new Error("A child starts only for a parent that wants it.");
  const { runbook } = pending;
  return {
    run: draft.data.run,
    type: "run.started",
    actor: engineActor,
    data: {
      ...parent.start,
      runbook: { id: runbook.id, title: runbook.title, source: parent.start.runbook.source },
      // The mapper parsed it by the child's own schema.
      input: pending.input as JsonObject,
      parent: { run: draft.run, step: draft.data.step, requester: parent.requester },
      steps: runbook.steps,
      criteria: runbook.criteria.map(({ id, title, step }) => ({ id, title, step })),
    },
  };
}

function adopted(runs: Family, start: Applicable): RunState {
  if (start.type !== "run.started") throw new Error(`Run ${start.run} has not started.`);
  const { parent } = start.data;
  const pending = parent === null ? undefined : runs.get(parent.run)?.pending.get(parent.step);
  if (pending?.type !== "child") throw new Error(`Nobody asked for run ${start.run}.`);
  return open(pending.runbook, start);
}
