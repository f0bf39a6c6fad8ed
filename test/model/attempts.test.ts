import { expect, test } from "vitest";
import { viewOf } from "../../src/model/run-view.ts";
import { gate, jdoe, scribe, started } from "../support/made-events.ts";

test("every attempt keeps its own outcome, although a summary shows only the last", () => {
  const { events, add } = scribe();
  const failure = { code: "C", message: "m", hint: "h", data: {} };
  add("step.started", started("s", "k", {}));
  add("step.failed", { step: "s", attempt: 1, failure });
  add("step.started", started("s", "k", {}, 2));
  add("step.succeeded", { step: "s", attempt: 2, output: 7 });
  add("step.started", started("s", "k", {}, 3));
  expect(viewOf(events).attempts.map(({ outcome }) => outcome)).toEqual(["failed", "succeeded", "open"]);
});

test("a doubt stays with its attempt and names how it was settled", () => {
  const { events, add } = scribe();
  add("step.started", started("s", "k", {}));
  add("step.inDoubt", { step: "s", attempt: 1, why: "killed" });
  add("step.reconciled", { step: "s", attempt: 1, verdict: "done", by: "probe", why: "it is there" });
  add("step.succeeded", { step: "s", attempt: 1, output: null });
  expect(viewOf(events).attempts).toMatchObject([
    { outcome: "succeeded", doubts: [{ why: "killed", settled: { verdict: "done", by: "probe" } }] },
  ]);
});

test("a gate keeps who answered it, and one that nobody answered has no answer", () => {
  const { events, add } = scribe();
  add("gate.opened", gate("a"));
  add("approval.denied", { gate: "a", digest: "", reason: "no" }, 5, jdoe);
  add("gate.opened", gate("b"));
  expect(viewOf(events).gates.map(({ answer }) => answer?.actor.id ?? null)).toEqual(["jdoe", null]);
});
