import type { EventData, EventOf, RunEvent } from "../../model/event.ts";
import { roleOfTimer } from "../../model/state-ids.ts";
import { visible, visibleLine } from "../../redact/visible.ts";
import { renderFailure } from "./failure.ts";
import { labelOf } from "./names.ts";
import { outcomeText } from "../../model/outcome-text.ts";
import { statement, type RenderContext } from "./render-context.ts";
import { between, untilThen, utcTime } from "./times.ts";

export type StepLineEvent = Extract<RunEvent, { readonly type: `${"step" | "timer" | "child"}.${string}` }>;

/** What happened to a step, a wait or a child run. */
export function stepLines(event: StepLineEvent, context: RenderContext): readonly string[] {
  const { summary } = context;
  const label = (step: string): string => labelOf(summary, step);
  switch (event.type) {
    case "step.started": {
      const { step, attempt, describe } = event.data;
      const word = attempt > 1 ? `started again (attempt ${attempt})` : "started";
      return statement(context, { mark: "run", label: label(step), word, text: visibleLine(describe) });
    }
    case "step.succeeded":
      return succeeded(event, context);
    case "step.failed":
      return failed(event, context);
    case "step.refused":
      return refused(event, context);
    case "step.cancelled": {
      const text = visible(event.data.reason);
      return statement(context, {
        mark: "fail",
        tone: "warn",
        label: label(event.data.step),
        word: "cancelled",
        text,
      });
    }
    case "step.inDoubt": {
      const text = `it may or may not have taken effect. ${visible(event.data.why)}`;
      return statement(context, { mark: "doubt", label: label(event.data.step), word: "IN DOUBT", text });
    }
    case "step.reconciled":
      return reconciled(event.data, context);
    default:
      return waitLines(event, context);
  }
}

function waitLines(
  event: Extract<StepLineEvent, { readonly type: `${"timer" | "child"}.${string}` }>,
  context: RenderContext,
) {
  switch (event.type) {
    case "timer.armed": {
      const { state, role } = roleOfTimer(event.data);
      const { due } = event.data;
      const when = `${utcTime(due, context.now)} (${untilThen(due, context.now)})`;
      const word = role === "backoff" ? "tries again at" : "waiting until";
      const head = { mark: "wait", label: labelOf(context.summary, state) } as const;
      return statement(context, { ...head, word: `${word} ${when}` });
    }
    case "timer.fired":
    case "timer.cancelled": {
      const { state, role } = roleOfTimer(event.data);
      if (role === "backoff") return [];
      const isOver = event.type === "timer.fired";
      const head = { mark: isOver ? "ok" : "fail", tone: isOver ? "good" : "warn" } as const;
      const word = isOver ? "the wait is over" : "the wait was cancelled";
      return statement(context, { ...head, label: labelOf(context.summary, state), word });
    }
    case "child.started": {
      const { step, run, runbook } = event.data;
      const text = `child run ${run} of runbook ${visibleLine(runbook)}`;
      const head = { mark: "run", label: labelOf(context.summary, step) } as const;
      return statement(context, { ...head, word: "started", text });
    }
    case "child.ended": {
      const { step, run, status } = event.data;
      const isGood = status === "succeeded";
      const head = { mark: isGood ? "ok" : "fail" } as const;
      const label = labelOf(context.summary, step);
      return statement(context, {
        ...head,
        label,
        word: status,
        text: `child run ${run}`,
        ...took(step, event.at, context),
      });
    }
  }
}

function took(step: string, at: string, { startOf }: RenderContext): { readonly duration: string } {
  return { duration: between(startOf(step), at) };
}

function succeeded({ at, data }: EventOf<"step.succeeded">, context: RenderContext): readonly string[] {
  const { step, output } = data;
  const kind = context.summary.steps.find((candidate) => candidate.step === step)?.kind ?? null;
  const outcome = outcomeText(kind, output);
  const isGood = outcome?.good ?? true;
  return statement(context, {
    // The step did its work, but what it found is not what one hopes for: no green tick.
    mark: isGood ? "ok" : "note",
    tone: isGood ? "good" : "warn",
    label: labelOf(context.summary, step),
    word: isGood ? "succeeded" : "ended",
    text: visibleLine(outcome?.text ?? ""),
    ...took(step, at, context),
  });
}

function failed(event: EventOf<"step.failed">, context: RenderContext): readonly string[] {
  const { step, failure, attempt } = event.data;
  const word = attempt > 1 ? `failed (attempt ${attempt})` : "failed";
  const label = labelOf(context.summary, step);
  return [
    ...statement(context, { mark: "fail", label, word, ...took(step, event.at, context) }),
    ...renderFailure(context, failure, { count: event.artifacts.length, run: event.run, step }),
  ];
}

function refused(event: EventOf<"step.refused">, context: RenderContext): readonly string[] {
  const { step, failure } = event.data;
  const label = labelOf(context.summary, step);
  return [
    ...statement(context, { mark: "fail", label, word: "not begun" }),
    ...renderFailure(context, failure, { count: 0, run: event.run, step }),
  ];
}

const found: Readonly<Record<Exclude<EventData["step.reconciled"]["by"], "read-only">, string>> = {
  process: "its process says so",
  probe: "the world was asked",
  operator: "the operator says so",
};

const concluded: Readonly<Record<EventData["step.reconciled"]["verdict"], string>> = {
  done: "it HAD taken effect, so it is not run again",
  "not done": "it had NOT taken effect, so it runs again",
  adopted: "it continued without us and is taken up again",
};

function reconciled(
  { step, verdict, by, why }: EventData["step.reconciled"],
  context: RenderContext,
): readonly string[] {
  const head = { mark: "note", label: labelOf(context.summary, step) } as const;
  if (by === "read-only") return statement(context, { ...head, word: "was interrupted", text: visible(why) });
  const text = `${concluded[verdict]} (${found[by]}). ${visible(why)}`.trimEnd();
  return statement(context, { ...head, word: "reconciled", text });
}
