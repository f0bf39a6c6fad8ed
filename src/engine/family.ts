import { engineActor, type Draft, type RunEvent } from "../model/event.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { persist } from "./machine.ts";
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

/**
 * One turn: folds the stimuli and everything that must be recorded because of them, across parent and child runs,
 * until every run only waits.
 */
export function takeTurn(
  family: Family,
  stimuli: readonly Draft[],
  mint: Mint,
): { family: Family; turn: Turn } {
  const runs = new Map(family);
  const drafts: Draft[] = [];
  const at = mint.now().toISOString();
  const queue: Draft[] = [...stimuli];
  const add = (draft: Draft): void => {
    drafts.push(draft);
    const state = runs.get(draft.run);
    const applicable: Applicable = { ...draft, rseq: (state?.rseq ?? 0) + 1, at };
    runs.set(draft.run, state === undefined ? adopted(runs, applicable) : apply(state, applicable));
    if (draft.type === "child.started") queue.push(childStart(runs, draft));
  };
  for (;;) {
    const next = queue.shift();
    if (next !== undefined) {
      add(next);
      continue;
    }
    queue.push(...nextDrafts(runs, mint));
    if (queue.length === 0) break;
  }
  const touched = [...new Set(drafts.map(({ run }) => run))];
  const seen = new Map(touched.map((run) => [run, family.get(run)?.rseq ?? 0]));
  const snapshots = new Map<string, Json>(
    touched.flatMap((run) => {
      const state = runs.get(run);
      return state === undefined ? [] : [[run, persist(state.runbook, state.snapshot)] as const];
    }),
  );
  return { family: runs, turn: { drafts, seen, snapshots } };
}

/** The drafts of the first run that has any: one run at a time, so that parent and child see each other's. */
function nextDrafts(runs: Family, mint: Mint): readonly Draft[] {
  for (const state of runs.values()) {
    const own = settle(state, mint);
    if (own.length > 0) return own;
    const news = [...toParent(runs, state), ...toChildren(runs, state)];
    if (news.length > 0) return news;
  }
  return [];
}

/** A child that has ended is an outcome for its parent. */
function toParent(runs: Family, child: RunState): readonly Draft[] {
  const { parent } = child.start;
  if (child.end === null || parent === null) return [];
  const waiting = runs.get(parent.run)?.pending.get(parent.step);
  if (waiting?.type !== "child" || waiting.run !== child.run) return [];
  const data = { step: parent.step, run: child.run, status: child.end };
  return [{ run: parent.run, type: "child.ended", actor: engineActor, data }];
}

/** Cancelling a run cancels the runs inside it. */
function toChildren(runs: Family, parent: RunState): readonly Draft[] {
  const reason = parent.cancel;
  if (reason === null) return [];
  return [...parent.pending.values()].flatMap((pending): readonly Draft[] => {
    const child = pending.type === "child" && pending.run !== null ? runs.get(pending.run) : undefined;
    if (child === undefined || child.cancel !== null || child.end !== null) return [];
    return [{ run: child.run, type: "cancel.requested", actor: engineActor, data: { reason } }];
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
      parent: { run: draft.run, step: draft.data.step },
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
