import type { Actor, Draft, EventData, EventType, RunEvent } from "../../src/model/event.ts";
import { engineActor } from "../../src/model/event.ts";

export const jdoe: Actor = { kind: "human", id: "jdoe", identified: "os-user" };

/** What the first event of a run says that asks for nothing. */
export const beginning: EventData["run.started"] = {
  runbook: { id: "b", title: "B", source: "0".repeat(64) },
  input: {},
  target: null,
  identity: null,
  tools: {},
  parent: null,
  steps: [],
  criteria: [],
};

/** Writes events as a log would, `after` seconds after the one before. */
export function scribe(run = "R-AAAA", begun = beginning) {
  const events: RunEvent[] = [];
  let at = Date.parse("2025-10-07T13:51:00.000Z");
  function add<T extends EventType>(
    type: T,
    data: EventData[T],
    after = 1,
    actor: Actor = engineActor,
  ): void {
    at += after * 1_000;
    const seq = events.length + 1;
    const stored = {
      v: 1,
      log: "l",
      seq,
      rseq: seq,
      artifacts: [],
      prev: "",
      commitment: "",
      hash: "",
    } as const;
    events.push({ ...({ run, type, actor, data } as Draft), ...stored, at: new Date(at).toISOString() });
  }
  add("run.started", begun);
  return { events, add };
}

/** A step's start, as far as a reader looks at it. */
export function started(step: string, kind: string, input: EventData["step.started"]["input"], attempt = 1) {
  const common = { key: "k", effect: "read", risk: "none", describe: `does ${step}` } as const;
  return { step, kind, attempt, input, ...common };
}

export function gate(name: string): EventData["gate.opened"] {
  const common = {
    kind: "approval",
    title: "Go?",
    shown: {},
    risk: "low",
    options: [],
    expiresAt: null,
    approvers: "anyone",
    usableFor: null,
    bound: { runbook: "", inputs: "" },
  } as const;
  return { gate: name, step: name, digest: "d".repeat(64), ...common };
}
