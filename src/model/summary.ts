import { isOf, type Gate, type RunEnd, type RunEvent } from "./event.ts";
import type { RunSummary, StepSummary } from "./summary-shape.ts";

export type { Criterion, RunSummary, StepSummary } from "./summary-shape.ts";

type Mutable = {
  -readonly [K in keyof RunSummary]: RunSummary[K] extends readonly (infer T)[] ? T[] : RunSummary[K];
};

/** Folds the events of one run, which must begin with its start. */
export function summarise(events: readonly RunEvent[]): RunSummary {
  const [first] = events;
  if (first === undefined || !isOf(first, "run.started"))
    throw new Error("A run's record begins with its start.");
  const summary: Mutable = {
    run: first.run,
    start: first.data,
    requester: first.data.parent?.requester ?? first.actor.id,
    startedAt: first.at,
    endedAt: null,
    lastAt: first.at,
    status: "running",
    reason: null,
    fault: null,
    steps: first.data.steps.map(({ step, title }) => emptyStep(step, title)),
    gates: [],
    approvals: [],
    timers: [],
    children: [],
    criteria: first.data.criteria.map((criterion) => ({
      ...criterion,
      verdict: "pending",
      declaredAt: first.at,
      evaluatedAt: null,
      evidence: null,
    })),
    findings: [],
    followUps: [],
    events: events.length,
  };
  for (const event of events) fold(summary, event);
  if (summary.endedAt === null) summary.status = isWaiting(summary) ? "waiting" : "running";
  return summary;
}

/** Whether nothing but people or time can take the run on. */
function isWaiting({ steps, gates, timers, children }: Mutable): boolean {
  const busy = steps.some(({ status }) => status === "running");
  const inside = children.some(({ status }) => status === "open");
  return !busy && !inside && gates.length + timers.length > 0;
}

/** Whether the run waits only for time: then it holds no target. */
export function rests({ status, gates, timers }: Pick<RunSummary, "status" | "gates" | "timers">): boolean {
  return status === "waiting" && gates.length === 0 && timers.length > 0;
}

function emptyStep(step: string, title: string): StepSummary {
  return {
    step,
    title,
    kind: null,
    status: "pending",
    attempts: 0,
    describe: null,
    startedAt: null,
    endedAt: null,
    failure: null,
    output: null,
    artifacts: [],
    rseq: null,
  };
}

function fold(summary: Mutable, event: RunEvent): void {
  summary.lastAt = event.at;
  foldStep(summary, event);
  foldGate(summary, event);
  foldFacts(summary, event);
  if (isOf(event, "run.succeeded", "run.failed", "run.cancelled")) {
    summary.status = event.type.slice("run.".length) as RunEnd;
    summary.reason = event.data.reason;
    summary.endedAt = event.at;
  }
}

function change(summary: Mutable, step: string, news: Partial<StepSummary>): void {
  const index = summary.steps.findIndex((candidate) => candidate.step === step);
  const known = summary.steps[index];
  if (known === undefined) summary.steps.push({ ...emptyStep(step, step), ...news });
  else summary.steps[index] = { ...known, ...news };
}

function foldStep(summary: Mutable, event: RunEvent): void {
  const { at, rseq, artifacts } = event;
  switch (event.type) {
    case "step.started": {
      const { step, kind, attempt, describe } = event.data;
      change(summary, step, {
        kind,
        describe,
        status: "running",
        attempts: attempt,
        startedAt: at,
        endedAt: null,
        failure: null,
      });
      return;
    }
    case "step.succeeded":
      return change(summary, event.data.step, {
        status: "succeeded",
        endedAt: at,
        output: event.data.output,
        artifacts,
        rseq,
      });
    case "step.failed":
      return change(summary, event.data.step, {
        status: "failed",
        endedAt: at,
        failure: event.data.failure,
        artifacts,
        rseq,
      });
    case "step.cancelled":
      return change(summary, event.data.step, { status: "cancelled", endedAt: at, rseq });
    case "child.started":
      return change(summary, event.data.step, {
        status: "running",
        startedAt: at,
        endedAt: null,
        kind: "run",
      });
    case "child.ended": {
      const status = event.data.status === "succeeded" ? "succeeded" : "failed";
      return change(summary, event.data.step, { status, endedAt: at, rseq });
    }
    case "timer.armed":
      return change(summary, nameOfTimer(event.data.timer), {
        status: "waiting",
        startedAt: at,
        endedAt: null,
      });
    case "timer.fired":
      return change(summary, nameOfTimer(event.data.timer), { status: "succeeded", endedAt: at, rseq });
    // oxlint-disable-next-line no-useless-switch-case -- the rest says nothing about a step
    default:
  }
}

/** xstate calls the timer of state `watch` `xstate.after.watch.RUNBOOK.watch`; a back-off belongs to its step. */
export function nameOfTimer(timer: string): string {
  const parts = timer.split(".").filter((part) => part !== "backoff");
  return parts.at(-1) ?? timer;
}

function foldGate(summary: Mutable, event: RunEvent): void {
  if (event.type === "gate.opened") {
    summary.gates.push(event.data);
    const status = event.data.kind === "inDoubt" ? "in doubt" : "waiting";
    if (!event.data.step.endsWith(".decide")) {
      change(summary, event.data.step, { status, startedAt: event.at, endedAt: null });
    }
    return;
  }
  if (!isOf(event, ...answers, "gate.closed", "approval.revoked", "approval.used")) return;
  const gate = gateOf(summary, event.data.gate);
  if (gate !== undefined && event.type === "approval.granted") {
    const { at, actor, data } = event;
    summary.approvals.push({ gate, by: actor.id, at, useBy: data.useBy });
    if (summary.approvals.filter((one) => one.gate.gate === gate.gate).length < (gate.approvals ?? 1)) return;
  }
  summary.gates = summary.gates.filter((open) => open.gate !== event.data.gate);
  if (event.type !== "approval.granted")
    summary.approvals = summary.approvals.filter((granted) => granted.gate.gate !== event.data.gate);
  if (gate === undefined || gate.kind === "inDoubt" || event.type === "approval.used") return;
  if (gate.step.endsWith(".decide")) {
    const skipped = event.type === "decision.made" && event.data.choice === "skip";
    if (skipped) change(summary, gate.step.slice(0, -".decide".length), { status: "skipped" });
    return;
  }
  const isAnswered = isOf(event, "approval.granted", "decision.made", "input.given");
  const status = isAnswered ? "succeeded" : "cancelled";
  change(summary, gate.step, {
    status,
    endedAt: event.at,
    rseq: event.rseq,
    artifacts: event.artifacts,
  });
}

const answers = ["approval.granted", "approval.denied", "decision.made", "input.given"] as const;

/** Still open, or approved and not used yet. */
function gateOf({ gates, approvals }: Mutable, name: string): Gate | undefined {
  return [...gates, ...approvals.map(({ gate }) => gate)].find(({ gate }) => gate === name);
}

function foldFacts(summary: Mutable, event: RunEvent): void {
  switch (event.type) {
    case "timer.armed":
      summary.timers.push(event.data);
      return;
    case "timer.fired":
    case "timer.cancelled":
      summary.timers = summary.timers.filter(({ timer }) => timer !== event.data.timer);
      return;
    case "child.started":
      summary.children.push({ run: event.data.run, step: event.data.step, status: "open" });
      return;
    case "child.ended":
      summary.children = summary.children.map((child) =>
        child.run === event.data.run ? { ...child, status: event.data.status } : child,
      );
      return;
    case "criterion.evaluated":
      summary.criteria = summary.criteria.map((criterion) =>
        criterion.id === event.data.id
          ? {
              ...criterion,
              verdict: event.data.verdict,
              evidence: event.data.evidence,
              evaluatedAt: event.at,
            }
          : criterion,
      );
      return;
    case "finding.recorded":
      summary.findings.push(event.data);
      return;
    case "followUp.added":
      summary.followUps.push(event.data);
      return;
    case "run.faulted":
      summary.fault = event.data.failure;
      return;
    case "run.resumed":
    case "run.migrated":
      summary.fault = null;
      return;
    // oxlint-disable-next-line no-useless-switch-case -- the rest changes none of these
    default:
  }
}
