import type { EventData, RunEvent } from "../../model/event.ts";
import { roleOfTimer } from "../../model/state-ids.ts";
import { visible, visibleLine } from "../../redact/visible.ts";
import { renderFailure } from "./failure.ts";
import { labelOf } from "./names.ts";
import { outcomeText } from "../../model/outcome-text.ts";
import { statement, type Scene } from "./scene.ts";
import { between, untilThen, utcTime } from "./times.ts";

export type StepEvent = Extract<RunEvent, { readonly type: `${"step" | "timer" | "child"}.${string}` }>;

/** What happened to a step, a wait or a child run. */
export function stepLines(event: StepEvent, scene: Scene): readonly string[] {
  const { summary } = scene;
  const label = (step: string): string => labelOf(summary, step);
  switch (event.type) {
    case "step.started": {
      const { step, attempt, describe } = event.data;
      const word = attempt > 1 ? `started again (attempt ${attempt})` : "started";
      return statement(scene, {
        mark: "run",
        tone: "accent",
        label: label(step),
        word,
        text: visibleLine(describe),
      });
    }
    case "step.succeeded":
      return succeeded(event, scene);
    case "step.failed":
      return failed(event, scene);
    case "step.refused":
      return refused(event, scene);
    case "step.cancelled": {
      const text = visible(event.data.reason);
      return statement(scene, {
        mark: "fail",
        tone: "warn",
        label: label(event.data.step),
        word: "cancelled",
        text,
      });
    }
    case "step.inDoubt": {
      const text = `it may or may not have taken effect. ${visible(event.data.why)}`;
      return statement(scene, {
        mark: "doubt",
        tone: "warn",
        label: label(event.data.step),
        word: "IN DOUBT",
        text,
      });
    }
    case "step.reconciled":
      return reconciled(event.data, scene);
    default:
      return waitLines(event, scene);
  }
}

function waitLines(
  event: Extract<StepEvent, { readonly type: `${"timer" | "child"}.${string}` }>,
  scene: Scene,
) {
  switch (event.type) {
    case "timer.armed": {
      const { state, role } = roleOfTimer(event.data);
      const { due } = event.data;
      const when = `${utcTime(due, scene.now)} (${untilThen(due, scene.now)})`;
      const word = role === "backoff" ? "tries again at" : "waiting until";
      const head = { mark: "wait", tone: "accent", label: labelOf(scene.summary, state) } as const;
      return statement(scene, { ...head, word: `${word} ${when}` });
    }
    case "timer.fired":
    case "timer.cancelled": {
      const { state, role } = roleOfTimer(event.data);
      if (role === "backoff") return [];
      const isOver = event.type === "timer.fired";
      const head = { mark: isOver ? "ok" : "fail", tone: isOver ? "good" : "warn" } as const;
      const word = isOver ? "the wait is over" : "the wait was cancelled";
      return statement(scene, { ...head, label: labelOf(scene.summary, state), word });
    }
    case "child.started": {
      const { step, run, runbook } = event.data;
      const text = `child run ${run} of runbook ${visibleLine(runbook)}`;
      const head = { mark: "run", tone: "accent", label: labelOf(scene.summary, step) } as const;
      return statement(scene, { ...head, word: "started", text });
    }
    case "child.ended": {
      const { step, run, status } = event.data;
      const isGood = status === "succeeded";
      const head = { mark: isGood ? "ok" : "fail", tone: isGood ? "good" : "bad" } as const;
      const label = labelOf(scene.summary, step);
      return statement(scene, {
        ...head,
        label,
        word: status,
        text: `child run ${run}`,
        ...took(step, event.at, scene),
      });
    }
  }
}

function took(step: string, at: string, { startOf }: Scene): { readonly duration: string } {
  return { duration: between(startOf(step), at) };
}

function succeeded(
  { at, data }: Extract<RunEvent, { readonly type: "step.succeeded" }>,
  scene: Scene,
): readonly string[] {
  const { step, output } = data;
  const kind = scene.summary.steps.find((candidate) => candidate.step === step)?.kind ?? null;
  const outcome = outcomeText(kind, output);
  const isGood = outcome?.good ?? true;
  return statement(scene, {
    // The step did its work, but what it found is not what one hopes for: no green tick.
    mark: isGood ? "ok" : "note",
    tone: isGood ? "good" : "warn",
    label: labelOf(scene.summary, step),
    word: isGood ? "succeeded" : "ended",
    text: visibleLine(outcome?.text ?? ""),
    ...took(step, at, scene),
  });
}

function failed(event: Extract<RunEvent, { readonly type: "step.failed" }>, scene: Scene): readonly string[] {
  const { step, failure, attempt } = event.data;
  const word = attempt > 1 ? `failed (attempt ${attempt})` : "failed";
  const label = labelOf(scene.summary, step);
  return [
    ...statement(scene, { mark: "fail", tone: "bad", label, word, ...took(step, event.at, scene) }),
    ...renderFailure(scene, failure, { count: event.artifacts.length, run: event.run, step }),
  ];
}

function refused(
  event: Extract<RunEvent, { readonly type: "step.refused" }>,
  scene: Scene,
): readonly string[] {
  const { step, failure } = event.data;
  const label = labelOf(scene.summary, step);
  return [
    ...statement(scene, { mark: "fail", tone: "bad", label, word: "not begun" }),
    ...renderFailure(scene, failure, { count: 0, run: event.run, step }),
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
  adopted: "it went on without us and is taken up again",
};

function reconciled(
  { step, verdict, by, why }: EventData["step.reconciled"],
  scene: Scene,
): readonly string[] {
  const head = { mark: "note", tone: "accent", label: labelOf(scene.summary, step) } as const;
  if (by === "read-only") return statement(scene, { ...head, word: "was interrupted", text: visible(why) });
  const text = `${concluded[verdict]} (${found[by]}). ${visible(why)}`.trimEnd();
  return statement(scene, { ...head, word: "reconciled", text });
}
