import { expect, test } from "vitest";
import type { EventData, EventType } from "../../src/model/event.ts";
import { eventText } from "../../src/model/event-text.ts";
import { beginning, gate, scribe, started } from "../support/made-events.ts";

const rolledBack = {
  outcome: "rolledBack",
  reason: "tasks failed to start",
  running: 1,
  desired: 1,
  live: "",
};

test("a step that ended well and brought bad news says which, to whoever knows its kind", () => {
  const { add, events } = scribe();
  add("step.succeeded", { step: "rollout", attempt: 1, output: rolledBack });
  const [, event] = events;
  if (event === undefined) throw new Error("It was added.");
  expect(eventText(event, "ecs.await-deployment")).toBe("rollout: ended: ROLLED BACK: tasks failed to start");
  expect(eventText(event, "test.other")).toBe("rollout: succeeded");
  expect(eventText(event)).toBe("rollout: succeeded");
});

type Case = { [T in EventType]: readonly [type: T, data: EventData[T], text: string] }[EventType];

const failure = { code: "TERRAFORM_FAILED", message: "no such bucket", hint: "", data: {} };
const target = {
  dir: "live",
  workspace: "default",
  account: "123456789012",
  region: "eu-west-1",
  practice: null,
};
const due = "2025-10-08T00:00:00.000Z";
const timer = "xstate.after.watch.b.watch";
const answered = { gate: "go", digest: "d".repeat(64) };
const pinned = (letter: string) => ({ ...beginning.runbook, source: letter.repeat(64) });

test.each<Case>([
  ["run.started", beginning, "run of b started"],
  ["run.started", { ...beginning, target }, "run of b started on aws 123456789012 eu-west-1"],
  [
    "run.started",
    {
      ...beginning,
      target: { ...target, practice: "http://127.0.0.1:1" },
      parent: { run: "R-AAAA", step: "inner", requester: "jdoe" },
    },
    "run of b started inside R-AAAA (inner) on PRACTICE WORLD http://127.0.0.1:1, aws 123456789012 eu-west-1",
  ],
  [
    "run.migrated",
    { from: pinned("a"), to: pinned("b") },
    "continues with runbook source bbbbbbbbbbbb instead of aaaaaaaaaaaa",
  ],
  ["run.failed", { reason: "criteria", criteria: ["up", "fast"] }, "run FAILED: criteria, up, fast"],
  ["run.cancelled", { reason: "enough", leftRunning: [] }, "run CANCELLED: enough"],
  [
    "run.cancelled",
    { reason: "enough", leftRunning: ["apply (pid 7)"] },
    "run CANCELLED: enough; still running: apply (pid 7)",
  ],
  ["timer.armed", { timer, due }, `waits until ${due} (watch)`],
  ["timer.fired", { timer }, "the wait is over (watch)"],
  ["timer.cancelled", { timer }, "the wait was called off (watch)"],
  ["step.started", started("plan", "k", {}), "plan: started: does plan"],
  ["step.started", started("plan", "k", {}, 2), "plan (attempt 2): started: does plan"],
  [
    "step.refused",
    { step: "apply", kind: "k", describe: "does it", failure },
    "apply: NOT BEGUN: TERRAFORM_FAILED: no such bucket",
  ],
  ["step.failed", { step: "plan", attempt: 1, failure }, "plan: FAILED: TERRAFORM_FAILED: no such bucket"],
  ["step.cancelled", { step: "plan", attempt: 1, reason: "the run ended" }, "plan: cancelled: the run ended"],
  ["gate.opened", gate("go"), "go: asks: Go? (risk low, shown dddddddddddd)"],
  ["approval.granted", { ...answered, reason: "", useBy: null }, "go: APPROVED, no reason given"],
  [
    "approval.granted",
    { ...answered, reason: "seen", useBy: due },
    `go: APPROVED, because: seen, usable until ${due}`,
  ],
  ["gate.closed", { gate: "go", why: "expired" }, "go: closed without an answer: expired"],
  [
    "gate.closed",
    { gate: "go", why: "approval expired" },
    "go: the approval was not used in time; the gate asks again",
  ],
  [
    "gate.closed",
    { gate: "go", why: "runbook changed" },
    "go: closed, because the run follows another runbook now; the gate asks again",
  ],
])("%s of %o reads: %s", (...[type, data, text]) => {
  const { add, events } = scribe();
  add(type, data);
  expect(events.slice(1).map((event) => eventText(event))).toEqual([text]);
});
