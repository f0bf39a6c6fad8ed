import { expect, test } from "vitest";
import {
  decisionId,
  gateId,
  lastKey,
  nestedId,
  roleOfStep,
  roleOfTimer,
  stepOfGate,
} from "../../src/model/state-ids.ts";

const hostile = [
  "plan",
  "a.b",
  "再起動-サービス",
  "ü x",
  "decide",
  "backoff",
  "plan.decide",
  "x.backoff",
  "xstate.after.1.x",
];

test.each(hostile)("what is asked at a failure of state %s belongs to it", (state) => {
  const isListed = (step: string): boolean => step === state;
  expect(roleOfStep(decisionId(state), isListed)).toEqual({ state, role: "decide" });
  expect(roleOfStep(state, isListed)).toEqual({ state, role: "attempt" });
});

test.each(hostile)("a gate of state %s names its step at every opening", (state) => {
  for (const step of [state, decisionId(state)])
    for (const opening of [1, 2, 11]) expect(stepOfGate(gateId(step, opening))).toBe(step);
});

test("a gate's first opening has no number", () => {
  expect([1, 2].map((opening) => gateId("plan", opening))).toEqual(["plan", "plan#2"]);
});

test.each(hostile)("the timer of a state %s that waits is read out of its old name", (state) => {
  expect(roleOfTimer({ timer: `xstate.after.${state}.${state}` })).toEqual({ state, role: "wait" });
});

test.each([
  ["xstate.after.1000.missing-secret.plan.backoff", { state: "plan", role: "backoff" }],
  ["xstate.after.plan.backoff.missing-secret.plan.backoff", { state: "plan", role: "backoff" }],
  ["xstate.after.1000.missing-secret.both.plan.plan.backoff", { state: "plan", role: "backoff" }],
  ["xstate.after.watch.missing-secret.watch", { state: "watch", role: "wait" }],
  ["xstate.after.5000.m.outer.inner", { state: "inner", role: "wait" }],
  ["ring", { state: "ring", role: "wait" }],
  ["backoff", { state: "backoff", role: "wait" }],
])("the old name %s of a timer reads as before", (timer, read) => {
  expect(roleOfTimer({ timer })).toEqual(read);
});

test("what an event says about a timer goes before its name", () => {
  const timer = "xstate.after.1000.m.a.b.backoff";
  expect(roleOfTimer({ timer, state: "a.b", role: "backoff" })).toEqual({ state: "a.b", role: "backoff" });
});

test("a nested node goes by its keys, of which the last can be asked for", () => {
  expect(nestedId(["outer", "inner"])).toBe("outer.inner");
  expect(lastKey("outer.inner")).toBe("inner");
  expect(lastKey("plain")).toBe("plain");
});
