import type { EventOf } from "./event.ts";
import { after, begun, type AttemptNews } from "./attempts.ts";
import { add, changeStep, replace, type ChangingView } from "./run-view-state.ts";
import { roleOfTimer } from "./state-ids.ts";

/** Folds the start of an attempt. */
export function startStep(view: ChangingView, event: EventOf<"step.started">): void {
  const { at, data } = event;
  const { step, kind, attempt, describe } = data;
  const name = `${step}/${attempt}`;
  if (view.at.attempts.has(name))
    replace(view.attempts, view.at.attempts, name, (known) => begun(event, known));
  else add(view.attempts, view.at.attempts, name, begun(event, undefined));
  beginWork(view, `step/${step}`, { seq: event.seq, kind: "step", step, describe });
  const fresh = { startedAt: at, endedAt: null, failure: null };
  changeStep(view, step, { kind, describe, status: "running", attempts: attempt, ...fresh });
}

/** Folds how an attempt went on, or ended. */
export function attemptNews(view: ChangingView, event: AttemptNews): void {
  const { at, rseq, artifacts, data } = event;
  const { step } = data;
  replace(view.attempts, view.at.attempts, `${step}/${data.attempt}`, (known) => after(known, event));
  if (event.type === "step.reconciled") return;
  view.underWay.delete(`step/${step}`);
  if (event.type === "step.inDoubt") return;
  const ended = { endedAt: at, rseq };
  if (event.type === "step.succeeded")
    changeStep(view, step, { status: "succeeded", ...ended, artifacts, output: event.data.output });
  else if (event.type === "step.failed")
    changeStep(view, step, { status: "failed", ...ended, artifacts, failure: event.data.failure });
  else changeStep(view, step, { status: "cancelled", ...ended });
}

/** Folds that a write was not let begin. */
export function refuseStep(view: ChangingView, { at, rseq, data }: EventOf<"step.refused">): void {
  const { step, kind, describe, failure } = data;
  const never = { startedAt: at, endedAt: at, rseq, artifacts: [] };
  changeStep(view, step, { kind, describe, status: "failed", failure, ...never });
}

/** Folds the start of a timer. */
export function armTimer(view: ChangingView, event: EventOf<"timer.armed">): void {
  const { timer } = event.data;
  add(view.waits, view.at.waits, timer, { armed: event, ended: null });
  beginWork(view, `timer/${timer}`, { seq: event.seq, kind: "timer", ...event.data });
  view.summary.timers.push(event.data);
  changeStep(view, roleOfTimer(event.data).state, { status: "waiting", startedAt: event.at, endedAt: null });
}

/** Folds the end of a timer. */
export function endTimer(view: ChangingView, event: EventOf<"timer.fired" | "timer.cancelled">): void {
  const { timer } = event.data;
  replace(view.waits, view.at.waits, timer, (wait) => ({ ...wait, ended: event }));
  view.underWay.delete(`timer/${timer}`);
  view.summary.timers = view.summary.timers.filter((one) => one.timer !== timer);
  if (event.type === "timer.fired")
    changeStep(view, roleOfTimer(event.data).state, {
      status: "succeeded",
      endedAt: event.at,
      rseq: event.rseq,
    });
}

/** Folds the start of a child run. */
export function startChild(view: ChangingView, { at, data }: EventOf<"child.started">): void {
  const { step, run } = data;
  add(view.summary.children, view.at.children, run, { run, step, status: "open" });
  view.inside += 1;
  changeStep(view, step, { status: "running", startedAt: at, endedAt: null, kind: "run" });
}

/** Folds the end of a child run. */
export function endChild(view: ChangingView, { at, rseq, data }: EventOf<"child.ended">): void {
  const { step, run, status } = data;
  replace(view.summary.children, view.at.children, run, (child) => {
    if (child.status === "open") view.inside -= 1;
    return { ...child, status };
  });
  changeStep(view, step, { status: status === "succeeded" ? status : "failed", endedAt: at, rseq });
}

/** Something that begins anew before it was told to have ended keeps its place. */
function beginWork({ underWay }: ChangingView, name: string, work: Parameters<typeof underWay.set>[1]): void {
  underWay.set(name, { ...work, seq: underWay.get(name)?.seq ?? work.seq });
}
