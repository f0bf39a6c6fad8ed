import { currentStep, type RunStatus } from "../../runs/run-status.ts";
import { detailOf, nextOf } from "./status-text.ts";

/** The same as data; scripts rely on its fields. */
export function statusJson(status: RunStatus): object {
  const { summary, inside, gates, engine, state } = status;
  const { run, start, requester, startedAt, endedAt, lastAt, timers, events } = summary;
  const current = currentStep(summary);
  return {
    run,
    runbook: start.runbook,
    state,
    detail: detailOf(status),
    requester,
    startedAt,
    endedAt,
    lastAt,
    target: start.target,
    step:
      current === undefined
        ? null
        : { step: current.step.step, status: current.step.status, nth: current.nth, of: current.of },
    gates: gates.map(({ summary: owner, gate }) => ({ run: owner.run, ...gate })),
    approvals: [summary, ...inside].flatMap(({ run: owner, approvals }) =>
      approvals.map(({ gate: { gate, digest }, by, at, useBy }) => ({
        run: owner,
        gate,
        digest,
        by,
        at,
        useBy,
      })),
    ),
    timers,
    children: inside.map((child) => ({ run: child.run, status: child.status })),
    engine: engine === null ? null : { ...engine.owner, since: engine.since },
    events,
    next: nextOf(status),
  };
}
