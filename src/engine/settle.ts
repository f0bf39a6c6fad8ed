/**
 * What must be recorded next: pure, from a run's state alone. The engine stores what this returns in the same
 * transaction as the stimulus that led to the state, and only then acts (S1). Nothing is returned twice: each draft,
 * once folded, removes its own cause (S2).
 */
import { toFailure } from "../model/error.ts";
import { toMilliseconds } from "../model/duration.ts";
import {
  engineActor,
  type Draft,
  type EventData,
  type EventType,
  type Gate,
  type Option,
  type Verdict,
} from "../model/event.ts";
import { digestOf, toJson, type Json, type JsonObject } from "../model/json.ts";
import type { Risk } from "../model/step.ts";
import { contextOf, endOf } from "./machine.ts";
import { hasIntent } from "./replay.ts";
import type { Pending, RunState } from "./state.ts";

/** Where names and times come from, so that tests can make them. */
export interface Mint {
  readonly now: () => Date;
  readonly key: () => string;
  readonly run: () => string;
}

/** The next drafts of this run, in order; empty when it only waits. */
export function settle(state: RunState, mint: Mint): readonly Draft[] {
  if (state.end !== null) return [];
  if (state.fault !== null) {
    return state.fault.recorded ? [] : [draft(state, "run.faulted", { failure: state.fault.failure })];
  }
  if (state.cancel !== null) return cancelling(state);
  const told = [
    ...state.withdrawn.flatMap((gone) => withdrawal(state, gone, "no longer wanted")),
    ...findings(state),
  ];
  const judged = [...told, ...criteria(state)];
  const end = endOf(state.snapshot);
  if (end !== null) return [...judged, ...ending(state, end, mint)];
  return [...judged, ...[...state.pending.values()].flatMap((pending) => intent(state, pending, mint))];
}

function draft<T extends EventType>(state: RunState, type: T, data: EventData[T]): Draft {
  return { run: state.run, type, actor: engineActor, data } as Draft;
}

/** On cancel: gates and timers close at once, steps when their attempt has stopped, then the run ends. */
function cancelling(state: RunState): readonly Draft[] {
  const all = [...state.pending.values(), ...state.withdrawn];
  const closing = all.filter(({ type }) => type === "gate" || type === "timer").filter(hasIntent);
  const busy = all.some(
    (pending) => (pending.type === "step" || pending.type === "child") && hasIntent(pending),
  );
  if (closing.length > 0) return closing.flatMap((pending) => withdrawal(state, pending, "cancelled"));
  if (busy) return [];
  return [draft(state, "run.cancelled", { reason: state.cancel ?? "", leftRunning: [] })];
}

function withdrawal(state: RunState, gone: Pending, reason: string): readonly Draft[] {
  if (gone.type === "gate" && gone.gate !== null) {
    return [draft(state, "gate.closed", { gate: gone.gate.gate, why: "cancelled" })];
  }
  if (gone.type === "timer") return [draft(state, "timer.cancelled", { timer: gone.id })];
  if (gone.type === "step" && gone.started !== null) {
    return [draft(state, "step.cancelled", { step: gone.id, attempt: gone.started.attempt, reason })];
  }
  return [];
}

function findings(state: RunState): readonly Draft[] {
  return state.findings.map(({ text, status, step }) =>
    draft(state, "finding.recorded", { text, status, step }),
  );
}

function criteria(state: RunState): readonly Draft[] {
  const context = contextOf(state.snapshot);
  return state.runbook.criteria.flatMap(({ id, title, step, verdict: judge }) => {
    const verdict = safely(() => judge(context));
    if (verdict === (state.verdicts[id] ?? "pending")) return [];
    const evidence = state.evidence[step] ?? null;
    return [draft(state, "criterion.evaluated", { id, title, verdict, evidence })];
  });
}

/** A criterion that throws has decided nothing. */
function safely(judge: () => Verdict): Verdict {
  try {
    return judge();
  } catch {
    return "unknown";
  }
}

function ending(state: RunState, end: string, mint: Mint): readonly Draft[] {
  if (end === "cancelled")
    return [draft(state, "run.cancelled", { reason: "the operator chose so", leftRunning: [] })];
  if (end !== "succeeded") {
    return [draft(state, "run.failed", { reason: `the runbook ended as ${end}`, criteria: [] })];
  }
  const context = contextOf(state.snapshot);
  const unmet = state.runbook.criteria
    .filter(({ verdict }) => safely(() => verdict(context)) !== "pass")
    .map(({ id }) => id);
  if (unmet.length > 0) {
    return [draft(state, "run.failed", { reason: "success criteria are not met", criteria: unmet })];
  }
  const followUps = state.runbook
    .followUps(context)
    .filter(({ id }) => !state.followUps.has(id))
    .map(({ id, title, owner, due }) => {
      const at = new Date(mint.now().getTime() + toMilliseconds(due)).toISOString();
      return draft(state, "followUp.added", { id, title, owner, due: at });
    });
  return [...followUps, draft(state, "run.succeeded", { reason: "all criteria pass" })];
}

function intent(state: RunState, pending: Pending, mint: Mint): readonly Draft[] {
  if (pending.type === "step" && pending.doubt?.answer) return doubtAnswer(state, pending);
  if (hasIntent(pending)) return [];
  switch (pending.type) {
    case "step":
      return [startStep(state, pending, mint)];
    case "gate":
      return [draft(state, "gate.opened", gateOf(state, pending, mint))];
    case "timer": {
      const due = new Date(mint.now().getTime() + pending.delay).toISOString();
      return [draft(state, "timer.armed", { timer: pending.id, due })];
    }
    case "child":
      return [
        draft(state, "child.started", { step: pending.id, run: mint.run(), runbook: pending.runbook.id }),
      ];
  }
}

type PendingStep = Extract<Pending, { readonly type: "step" }>;

function startStep(state: RunState, { id, step, input, key }: PendingStep, mint: Mint): Draft {
  return draft(state, "step.started", {
    step: id,
    kind: step.kind,
    attempt: (state.attempts[id] ?? 0) + 1,
    key: key ?? mint.key(),
    effect: step.effect === "write" ? "write" : "read",
    risk: step.risk,
    describe: describe(step, input),
    input,
  });
}

function describe(step: PendingStep["step"], input: Json): string {
  try {
    // The runbook's mapper already parsed the input by the step's schema.
    return step.describe(input as never);
  } catch (error) {
    return toFailure(error).message;
  }
}

/** The operator's word on a step whose outcome was lost. */
function doubtAnswer(state: RunState, { id, started, doubt }: PendingStep): readonly Draft[] {
  const attempt = started?.attempt ?? 0;
  const { choice, reason, output } = doubt?.answer ?? { choice: "cancel", reason: "", output: null };
  if (choice === "cancel") return [draft(state, "cancel.requested", { reason })];
  const verdict = choice === "done" ? "done" : "not done";
  const reconciled = draft(state, "step.reconciled", {
    step: id,
    attempt,
    verdict,
    by: "operator",
    why: reason,
  });
  if (verdict === "not done") return [reconciled];
  return [reconciled, draft(state, "step.succeeded", { step: id, attempt, output })];
}

function gateOf(
  state: RunState,
  { id, step, input }: Extract<Pending, { readonly type: "gate" }>,
  mint: Mint,
): Gate {
  const shown = input as JsonObject;
  const risk = (typeof shown["risk"] === "string" ? shown["risk"] : step.risk) as Risk;
  const expires = shown["expires"];
  const kind = step.kind === "human.confirm" ? "approval" : step.kind === "human.input" ? "input" : "choice";
  const at = mint.now().getTime();
  return {
    ...gateBody(state, id, { kind, title: textOf(shown["title"]) ?? id, shown, risk }),
    options: kind === "choice" ? optionsOf(shown) : [],
    expiresAt: typeof expires === "string" ? new Date(at + toMilliseconds(expires)).toISOString() : null,
  };
}

/** The parts of a gate that its digest binds. */
export function gateBody(
  state: RunState,
  step: string,
  body: Pick<Gate, "kind" | "title" | "shown" | "risk">,
): Pick<Gate, "gate" | "step" | "digest" | "kind" | "title" | "shown" | "risk"> {
  const opening = (state.openings[step] ?? 0) + 1;
  const gate = opening === 1 ? step : `${step}#${opening}`;
  // The run and the gate's name are bound too: an approval is worth nothing at another gate.
  return { gate, step, ...body, digest: digestOf({ run: state.run, gate, ...body }) };
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function optionsOf(shown: JsonObject): readonly Option[] {
  const options = Array.isArray(shown["options"]) ? shown["options"] : [];
  return (options as readonly JsonObject[]).map((option) => ({
    id: textOf(option["id"]) ?? "",
    label: textOf(option["label"]) ?? "",
    danger: option["danger"] === true,
    suggested: option["suggested"] === true,
    reasonNeeded: option["reasonNeeded"] === true,
    disabled: typeof option["disabled"] === "string" ? option["disabled"] : null,
  }));
}

/** The gate that asks what became of an interrupted write. */
export function doubtGate(state: RunState, pending: PendingStep, why: string): Draft {
  const done = { id: "done", label: "It took effect: go on as if it had returned" };
  const again = { id: "again", label: "It did not take effect: run it again" };
  const cancel = { id: "cancel", label: "Cancel the run" };
  const plain = { danger: true, suggested: false, reasonNeeded: true, disabled: null };
  const shown = toJson({
    title: `What became of ${pending.id}?`,
    summary: why,
    lines: [describe(pending.step, pending.input)],
  }) as JsonObject;
  return draft(state, "gate.opened", {
    ...gateBody(state, pending.id, {
      kind: "inDoubt",
      title: `What became of ${pending.id}?`,
      shown,
      risk: "high",
    }),
    options: [done, again, cancel].map((option) => ({ ...option, ...plain })),
    expiresAt: null,
  });
}
