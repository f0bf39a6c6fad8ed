/**
 * What must be recorded next: pure, from a run's state alone. The engine stores what this returns in the same
 * transaction as the stimulus that led to the state, and only then acts (S1). Nothing is returned twice: each draft,
 * once folded, removes its own cause (S2).
 */
import { safeParse } from "zod";
import { toMilliseconds } from "../model/duration.ts";
import {
  engineActor,
  type Draft,
  type EventData,
  type EventType,
  type Gate,
  type RunEnd,
  type Verdict,
} from "../model/event.ts";
import { issueText } from "../model/issue-text.ts";
import { toJson, type JsonObject } from "../model/json.ts";
import type { Context, Runbook } from "../runbook/types.ts";
import { succeededWith } from "./covering.ts";
import { describe, doubtGate, gateOf } from "./gate.ts";
import { begin, contextOf, endOf } from "./machine.ts";
import { cleansUp, hasIntent, mayOutlast, timerNamed, type PendingStep } from "./pending.ts";
import type { GrantedApproval, Pending, RunState } from "./state.ts";
import { denial, writeStart } from "./write-start.ts";

/** Where names and times come from, so that tests can make them. */
export interface IdSource {
  readonly now: () => Date;
  readonly key: () => string;
  readonly run: () => string;
}

/** The next drafts of this run, in order; empty when it only waits. */
export function nextEvents(state: RunState, ids: IdSource): readonly Draft[] {
  if (state.end !== null) return [];
  if (state.fault?.recorded === false) return [draft(state, "run.faulted", { failure: state.fault.failure })];
  if (state.cancel !== null && !cleansUp(state)) return cancelling(state);
  if (state.fault !== null) return [];
  for (const pending of state.pending.values()) {
    const answer = answerOf(state, pending, ids);
    // Alone, because it moves the machine: what else is wanted may not be afterwards.
    if (answer.length > 0) return answer;
  }
  const told = [...state.withdrawn.flatMap((gone) => withdrawal(state, gone)), ...findings(state)];
  const judged = [...told, ...criteria(state)];
  const end = endOf(state.snapshot);
  // A clean-up begins when what was under way has ended.
  if (end === null && state.cleaning && state.withdrawn.some(hasIntent)) return judged;
  if (end === null) return [...judged, ...intents(state, ids)];
  // What still has an effect is part of the run.
  return state.withdrawn.some(mayOutlast) ? judged : [...judged, ...ending(state, end, ids)];
}

function draft<T extends EventType>(state: RunState, type: T, data: EventData[T]): Draft {
  return { run: state.run, type, actor: engineActor, data } as Draft;
}

/** On cancel: gates and timers close at once, steps and child runs when they have stopped, then the run ends. */
function cancelling(state: RunState): readonly Draft[] {
  const closing = [
    ...state.withdrawn.flatMap((gone) => withdrawal(state, gone)),
    ...[...state.pending.values()].flatMap((pending) => cancelled(state, pending)),
  ];
  if (closing.length > 0) return closing;
  if ([...state.pending.values(), ...state.withdrawn].some(hasIntent)) return [];
  return [draft(state, "run.cancelled", { reason: state.cancel ?? "", leftRunning: state.leftRunning })];
}

function cancelled(state: RunState, pending: Pending): readonly Draft[] {
  if (!hasIntent(pending) || pending.type === "child") return [];
  if (pending.type !== "step" || pending.started === null) return closure(state, pending);
  return pending.doubt === null ? [] : unsolved(state, pending, "the run was cancelled");
}

/** Nobody has to say any more what became of an attempt in doubt: it stays unknown. */
function unsolved(state: RunState, { id, started, doubt }: PendingStep, why: string): readonly Draft[] {
  const open = doubt?.answer === null ? doubt.gate.gate : null;
  const closed = open === null ? [] : [draft(state, "gate.closed", { gate: open, why: "cancelled" })];
  const reason = `${why}; what became of this attempt is not known`;
  return [...closed, draft(state, "step.cancelled", { step: id, attempt: started?.attempt ?? 0, reason })];
}

/** What is no longer wanted ends at once, or when what outlasts it has told how it ended. */
function withdrawal(state: RunState, gone: Pending): readonly Draft[] {
  if (gone.type === "step" && gone.doubt !== null) return unsolved(state, gone, "it is no longer wanted");
  return mayOutlast(gone) ? [] : closure(state, gone);
}

function closure(state: RunState, gone: Pending): readonly Draft[] {
  if (gone.type === "gate" && gone.gate !== null)
    return [draft(state, "gate.closed", { gate: gone.gate.gate, why: "cancelled" })];
  if (gone.type === "step" && gone.permission !== null)
    return [draft(state, "gate.closed", { gate: gone.permission.gate.gate, why: "cancelled" })];
  if (gone.type === "timer") return [draft(state, "timer.cancelled", timerNamed(gone))];
  if (gone.type === "step" && gone.started !== null) {
    const { attempt } = gone.started;
    return [draft(state, "step.cancelled", { step: gone.id, attempt, reason: "no longer wanted" })];
  }
  return [];
}

function findings(state: RunState): readonly Draft[] {
  return state.findings.map(({ text, status, step }) =>
    draft(state, "finding.recorded", { text, status, step }),
  );
}

function criteria(state: RunState): readonly Draft[] {
  const verdicts = verdictsOn(state);
  return state.runbook.criteria.flatMap(({ id, title, step }, index) => {
    const verdict = verdicts[index] ?? "unknown";
    if (verdict === (state.verdicts.get(id) ?? "pending")) return [];
    const evidence = state.evidence.get(step) ?? null;
    return [draft(state, "criterion.evaluated", { id, title, verdict, evidence })];
  });
}

/** By context: a run is asked what follows several times a turn, and all criteria may look at everything. */
const judged = new WeakMap<Context, { readonly runbook: Runbook; readonly verdicts: readonly Verdict[] }>();

function verdictsOn({ runbook, snapshot }: RunState): readonly Verdict[] {
  const context = contextOf(snapshot);
  const known = judged.get(context);
  if (known?.runbook === runbook) return known.verdicts;
  const verdicts = runbook.criteria.map(({ verdict }) => safely(() => verdict(context)));
  judged.set(context, { runbook, verdicts });
  return verdicts;
}

/** A criterion that throws has decided nothing. */
function safely(judge: () => Verdict): Verdict {
  try {
    return judge();
  } catch {
    return "unknown";
  }
}

function ending(state: RunState, end: RunEnd, ids: IdSource): readonly Draft[] {
  if (end === "cancelled" || state.cancel !== null)
    return [
      draft(state, "run.cancelled", {
        reason: state.cancel ?? "the operator chose so",
        leftRunning: state.leftRunning,
      }),
    ];
  if (end === "failed")
    return [draft(state, "run.failed", { reason: "the runbook ended as failed", criteria: [] })];
  const context = contextOf(state.snapshot);
  const verdicts = verdictsOn(state);
  const unmet = state.runbook.criteria.filter((_, index) => verdicts[index] !== "pass").map(({ id }) => id);
  if (unmet.length > 0) {
    return [draft(state, "run.failed", { reason: "success criteria are not met", criteria: unmet })];
  }
  const followUps = state.runbook
    .followUps(context)
    .filter(({ id }) => !state.followUps.has(id))
    .map(({ id, title, owner, due }) => {
      const at = new Date(ids.now().getTime() + toMilliseconds(due)).toISOString();
      return draft(state, "followUp.added", { id, title, owner, due: at });
    });
  return [...followUps, draft(state, "run.succeeded", { reason: "all criteria pass" })];
}

/** What follows from a person's answer that is recorded and has not been acted on. */
function answerOf(state: RunState, pending: Pending, ids: IdSource): readonly Draft[] {
  if (pending.type === "step" && pending.doubt?.answer) return doubtAnswer(state, pending);
  if (pending.type === "step") return permissionAnswer(state, pending, ids);
  if (pending.type !== "gate" || pending.gate === null) return [];
  const lapsed = lapse(state, pending.gate, pending, ids);
  if (lapsed !== null || pending.granted === null) return lapsed ?? [];
  const { gate, digest } = pending.gate;
  return [draft(state, "approval.used", { gate, digest })];
}

/** A write's own gate: no is a refusal, and yes is used by the intent itself. */
function permissionAnswer(state: RunState, pending: PendingStep, ids: IdSource): readonly Draft[] {
  const { permission } = pending;
  if (permission === null || pending.started !== null) return [];
  if (permission.denied !== null) return [denial(state, pending, permission)];
  return lapse(state, permission.gate, permission, ids) ?? [];
}

/** Why a gate asks anew: another runbook has taken over, or the approval was not used in its time. */
function lapse(
  state: RunState,
  { gate, bound }: Gate,
  { granted }: { readonly granted: GrantedApproval | null },
  ids: IdSource,
): readonly Draft[] | null {
  if (bound.runbook !== state.start.runbook.source)
    return [draft(state, "gate.closed", { gate, why: "runbook changed" })];
  if (granted === null || granted.useBy === null || new Date(granted.useBy) > ids.now()) return null;
  return [draft(state, "gate.closed", { gate, why: "approval expired" })];
}

function intents(state: RunState, ids: IdSource): readonly Draft[] {
  const drafts: Draft[] = [];
  for (const pending of state.pending.values()) drafts.push(...intent(state, pending, ids));
  return drafts;
}

function intent(state: RunState, pending: Pending, ids: IdSource): readonly Draft[] {
  // Under one id there is one thing at a time: what was withdrawn ends first.
  if (state.withdrawn.some(({ id }) => id === pending.id)) return [];
  if (hasIntent(pending) && !(pending.type === "step" && pending.started === null)) return [];
  switch (pending.type) {
    case "step":
      return startStep(state, pending, ids);
    case "gate":
      return [draft(state, "gate.opened", gateOf(state, pending, ids.now()))];
    case "timer": {
      const due = new Date(ids.now().getTime() + pending.delay).toISOString();
      return [draft(state, "timer.armed", { ...timerNamed(pending), due })];
    }
    case "child":
      // Thrown here, its error parks this run; a child that cannot begin would have no state to be in.
      begin(pending.runbook, pending.input as JsonObject);
      return [
        draft(state, "child.started", { step: pending.id, run: ids.run(), runbook: pending.runbook.id }),
      ];
  }
}

function startStep(state: RunState, pending: PendingStep, ids: IdSource): readonly Draft[] {
  const { id, step, input, key } = pending;
  // In the order in which canonical JSON writes it: nothing is stored as often, and then it need not be sorted.
  const start = {
    attempt: (state.attempts.get(id) ?? 0) + 1,
    describe: describe(step, input),
    effect: step.effect === "write" ? ("write" as const) : ("read" as const),
    input,
    key: key ?? ids.key(),
    kind: step.kind,
    risk: step.risk,
    step: id,
  };
  if (step.effect === "write") return writeStart(state, pending, start, ids.now());
  return [draft(state, "step.started", start)];
}

/** The operator's word on a step whose outcome was lost. */
function doubtAnswer(state: RunState, pending: PendingStep): readonly Draft[] {
  const { id, started, doubt, step } = pending;
  const at = { step: id, attempt: started?.attempt ?? 0 };
  const { choice, reason, output } = doubt?.answer ?? { choice: "cancel", reason: "", output: null };
  if (choice === "cancel") return [draft(state, "cancel.requested", { reason })];
  const by = { by: "operator", why: reason } as const;
  if (choice !== "done") return [draft(state, "step.reconciled", { ...at, verdict: "not done", ...by })];
  const parsed = safeParse(step.output, output);
  if (!parsed.success) {
    const why = `\`done\` needs what \`${step.kind}\` would have returned, as its output: ${issueText(parsed.error)}.`;
    return [doubtGate(state, pending, why)];
  }
  return [
    draft(state, "step.reconciled", { ...at, verdict: "done", ...by }),
    draft(state, "step.succeeded", succeededWith(step, { ...at, output: toJson(parsed.data, id) })),
  ];
}
