import { expect, test } from "vitest";
import { doneEvent, endedEvent, failedEvent, triggerOf } from "../../src/runbook/event-types.ts";

test("what an event type was made of is read from it, dots and all", () => {
  expect(triggerOf(doneEvent("0.(m).a.b"))).toEqual({ type: "done", id: "0.(m).a.b" });
  expect(triggerOf(failedEvent("a"))).toEqual({ type: "failed" });
  expect(triggerOf(endedEvent("m.a"))).toEqual({ type: "ended" });
});

test("a timer, an author's event, xstate's own and none are told apart", () => {
  expect(["xstate.after.1000.m.a", "m.a", "xstate.snapshot.a", ""].map(triggerOf)).toEqual([
    { type: "timer" },
    { type: "event", name: "m.a" },
    { type: "internal" },
    { type: "always" },
  ]);
});
