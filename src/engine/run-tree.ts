import { engineActor, type Draft, type RunEvent } from "../model/event.ts";
import { asStored, type JsonObject } from "../model/json.ts";
import { failureIn } from "./fold.ts";
import { persist } from "./machine.ts";
import { approvalOf, cleansUp } from "./pending.ts";
import { apply, open, replay } from "./replay.ts";
import { nextEvents, type IdSource } from "./next-events.ts";
import type { LoadedRuns, Batch } from "./host.ts";
import type { FoldableEvent, RunState } from "./state.ts";

/** A root run and its child runs. */
export type RunTree = ReadonlyMap<string, RunState>;

export function replayTree({ runs }: LoadedRuns): RunTree {
  return new Map(runs.map(({ runbook, events }) => [events[0]?.run ?? "", replay(runbook, events)]));
}

/** Folds events that are already stored. */
export function applyStored(tree: RunTree, events: readonly RunEvent[]): RunTree {
  const next = new Map(tree);
  for (const event of events) {
    const state = next.get(event.run);
    if (state !== undefined) next.set(event.run, apply(state, event));
  }
  return next;
}

/** Whether a stimulus still tells something: what it is about may have ended or been withdrawn since. */
export function isWanted(tree: RunTree, draft: Draft): boolean {
  const state = tree.get(draft.run);
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
      return asked.some((one) => {
        const question = approvalOf(one);
        const isDenied = one.type === "step" && one.permission?.denied != null;
        return question?.gate?.gate === draft.data.gate && question.granted === null && !isDenied;
      });
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
  tree: RunTree,
  stimuli: readonly Draft[],
  ids: IdSource,
  watch: TurnWatcher = () => {},
): { tree: RunTree; turn: Batch } {
  const now = ids.now();
  // What is decided in a turn and what is stored of it have one time.
  const timed: IdSource = { now: () => now, key: ids.key, run: ids.run };
  const draw = turnDraft(tree, now, watch);
  stimuli.forEach(draw.add);
  for (;;) {
    const next = nextDrafts(draw.runs, timed);
    if (next.length === 0) return finished(tree, draw);
    next.forEach(draw.add);
  }
}

/** A turn of an engine that is about to stop: only what has happened, because nobody would do what is wanted next. */
export function takeNote(
  tree: RunTree,
  stimuli: readonly Draft[],
  ids: IdSource,
): { tree: RunTree; turn: Batch } {
  const draw = turnDraft(tree, ids.now(), () => {});
  stimuli.forEach(draw.add);
  return finished(tree, draw);
}

/** Is told each draft of a turn as it is folded, with the run's state before and after it. */
export type TurnWatcher = (draft: Draft, before: RunState | undefined, after: RunState) => void;

interface TurnDraft {
  readonly runs: ReadonlyMap<string, RunState>;
  readonly drafts: readonly Draft[];
  readonly at: string;
  readonly add: (draft: Draft) => void;
}

function turnDraft(tree: RunTree, now: Date, watch: TurnWatcher): TurnDraft {
  const runs = new Map(tree);
  const drafts: Draft[] = [];
  const at = now.toISOString();
  function add(made: Draft): void {
    const draft = ordered(made);
    drafts.push(draft);
    const state = runs.get(draft.run);
    // In this order, because Node 20 makes a new hidden class whenever a key is added to a copy: that is a hundred times slower.
    const applicable: FoldableEvent = { rseq: (state?.rseq ?? 0) + 1, at, ...draft };
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

function finished(before: RunTree, { runs, drafts, at }: TurnDraft): { tree: RunTree; turn: Batch } {
  const touched = [...new Set(drafts.map(({ run }) => run))];
  const seen = new Map(touched.map((run) => [run, before.get(run)?.rseq ?? 0]));
  return { tree: runs, turn: { at, drafts, seen, snapshots: snapshotsOf(touched, runs) } };
}

/** Made only for whoever stores them; a walk along every path does not ask for them. */
function snapshotsOf(touched: readonly string[], runs: RunTree): Batch["snapshots"] {
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
function nextDrafts(runs: RunTree, ids: IdSource): readonly Draft[] {
  for (const state of runs.values()) {
    const own = nextOrFault(state, ids);
    if (own.length > 0) return own;
    const news = [...toParent(runs, state), ...toChildren(runs, state)];
    if (news.length > 0) return news;
  }
  return [];
}

/** What a runbook's functions throw here parks the run, to be tried again at the next resume. */
function nextOrFault(state: RunState, ids: IdSource): readonly Draft[] {
  try {
    return nextEvents(state, ids);
  } catch (error) {
    const data = { failure: failureIn(state.runbook, error) };
    return [{ run: state.run, type: "run.faulted", actor: engineActor, data }];
  }
}

/** A child that has ended is an outcome for its parent. */
function toParent(runs: RunTree, child: RunState): readonly Draft[] {
  const { parent } = child.start;
  if (child.end === null || parent === null) return [];
  const owner = runs.get(parent.run);
  const asked = [...(owner?.pending.values() ?? []), ...(owner?.withdrawn ?? [])];
  if (!asked.some((pending) => pending.type === "child" && pending.run === child.run)) return [];
  const data = { step: parent.step, run: child.run, status: child.end };
  return [{ run: parent.run, type: "child.ended", actor: engineActor, data }];
}

/** Cancelling a run cancels the runs inside it, and so does no longer wanting them. */
function toChildren(runs: RunTree, parent: RunState): readonly Draft[] {
  const inside = parent.cancel === null || cleansUp(parent) ? [] : [...parent.pending.values()];
  return [...inside, ...parent.withdrawn].flatMap((pending): readonly Draft[] => {
    const child = pending.type === "child" && pending.run !== null ? runs.get(pending.run) : undefined;
    if (child === undefined || child.cancel !== null || child.end !== null) return [];
    const data = { reason: parent.cancel ?? "no longer wanted" };
    return [{ run: child.run, type: "cancel.requested", actor: engineActor, data }];
  });
}

function childStart(runs: RunTree, draft: Extract<Draft, { readonly type: "child.started" }>): Draft {
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

function adopted(runs: RunTree, start: FoldableEvent): RunState {
  if (start.type !== "run.started") throw new Error(`Run ${start.run} has not started.`);
  const { parent } = start.data;
  const pending = parent === null ? undefined : runs.get(parent.run)?.pending.get(parent.step);
  if (pending?.type !== "child") throw new Error(`Nobody asked for run ${start.run}.`);
  return open(pending.runbook, start);
}
