import { expect, test } from "vitest";
import { recordedStates } from "../../src/authoring/recorded-path.ts";
import { beginning, gate, jdoe, scribe, started } from "../support/made-events.ts";

const steps = [
  { step: "look", title: "Look at it" },
  { step: "choose", title: "Choose" },
];

function told(tell: (add: ReturnType<typeof scribe>["add"]) => void) {
  const { events, add } = scribe("R-AAAA", { ...beginning, steps });
  tell(add);
  return recordedStates(events);
}

test("a step that succeeded is a state with its title, once for each time, under a name of its own", () => {
  const twice = told((add) => {
    for (const attempt of [1, 2]) {
      add("step.started", started("look", "test.look", { attempt }, attempt));
      add("step.succeeded", { step: "look", attempt, output: { seen: attempt } });
    }
  });
  expect(twice).toEqual([
    {
      type: "step",
      name: "look",
      title: "Look at it",
      kind: "test.look",
      input: { attempt: 1 },
      output: { seen: 1 },
    },
    {
      type: "step",
      name: "look2",
      title: "Look at it",
      kind: "test.look",
      input: { attempt: 2 },
      output: { seen: 2 },
    },
  ]);
});

test("an approval is a state once it is used, and a choice once it is made", () => {
  const states = told((add) => {
    const { digest } = gate("ask");
    add("gate.opened", gate("ask"));
    add("approval.granted", { gate: "ask", digest, reason: "", useBy: null }, 1, jdoe);
    add("approval.used", { gate: "ask", digest });
    add("gate.opened", { ...gate("choose"), kind: "choice" });
    add("decision.made", { gate: "choose", digest, choice: "left", reason: "", output: null }, 1, jdoe);
  });
  expect(states.map(({ type, name }) => [type, name])).toEqual([
    ["gate", "ask"],
    ["choice", "choose"],
  ]);
  expect(states[1]).toMatchObject({ chosen: "left" });
});

test("a gate covers the writes that began by it, also by a former attempt, and one without a gate says why", () => {
  const states = told((add) => {
    const { digest } = gate("ask");
    add("gate.opened", gate("ask"));
    add("approval.used", { gate: "ask", digest });
    add("step.started", { ...started("look", "test.act", {}), allowedBy: "ask" });
    add("step.failed", { step: "look", attempt: 1, failure: { code: "UNEXPECTED", message: "" } as never });
    add("step.started", { ...started("look", "test.act", {}, 2), allowedBy: "look.decide" });
    add("step.succeeded", { step: "look", attempt: 2, output: {} });
    add("step.started", { ...started("mark", "test.mark", {}), accepted: "it only marks" });
    add("step.succeeded", { step: "mark", attempt: 1, output: {} });
    add("gate.opened", { ...gate("turn"), covers: [{ state: "turn", times: 1 }] });
    add("approval.used", { gate: "turn", digest });
    add("step.started", { ...started("turn", "test.act", {}), allowedBy: "turn" });
    add("step.succeeded", { step: "turn", attempt: 1, output: {} });
  });
  expect(states).toMatchObject([
    { name: "ask", covers: ["look"] },
    { name: "look" },
    { name: "mark", accepted: "it only marks" },
    { name: "approveTurn", covers: ["turn"] },
    { name: "turn" },
  ]);
});

test("what is asked after a failure is no state of the draft", () => {
  const states = told((add) => {
    add("step.started", started("look", "test.look", {}));
    add("step.failed", { step: "look", attempt: 1, failure: { code: "UNEXPECTED", message: "" } as never });
    add("gate.opened", { ...gate("look.decide"), kind: "choice" });
    const answer = { gate: "look.decide", digest: gate("look.decide").digest, reason: "", output: null };
    add("decision.made", { ...answer, choice: "retry" }, 1, jdoe);
  });
  expect(states).toEqual([]);
});

test("a wait is a state of at least a second; the pause before another attempt is none", () => {
  const states = told((add) => {
    for (const [timer, role] of [
      ["a", "wait"],
      ["b", "backoff"],
    ] as const) {
      const due = new Date(Date.parse("2025-10-07T13:51:01.100Z")).toISOString();
      add("timer.armed", { timer, state: "pause", role, due });
      add("timer.fired", { timer, state: "pause", role });
    }
  });
  expect(states).toEqual([{ type: "wait", name: "pause", title: "pause", duration: "1s" }]);
});

test("an end whose beginning is not in the record makes no state", () => {
  const states = told((add) => {
    add("step.succeeded", { step: "look", attempt: 1, output: {} });
    add("approval.used", { gate: "ask", digest: "" });
    add("timer.fired", { timer: "a", state: "pause", role: "wait" });
  });
  expect(states).toEqual([]);
});
