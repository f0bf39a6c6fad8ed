import { expect, test } from "vitest";
import type { Gate, GateOption } from "../../src/model/event.ts";
import { practiceAnswer } from "../../src/practice/operator.ts";

const option: GateOption = {
  id: "retry",
  label: "Try it again",
  danger: false,
  suggested: false,
  reasonNeeded: false,
  disabled: null,
};

function failed(gate: string): Gate {
  return {
    gate,
    step: "apply.decide",
    digest: "0".repeat(64),
    kind: "choice",
    title: "apply failed",
    shown: {},
    risk: "low",
    options: [option, { ...option, id: "cancel", danger: true, reasonNeeded: true }],
    expiresAt: null,
    approvers: "anyone",
    usableFor: null,
    bound: { runbook: "", inputs: "" },
  };
}

test("a step that fails is tried again a few times, and then the run is given up", () => {
  const choices = ["apply.decide", "apply.decide#2", "apply.decide#3", "apply.decide#4"].map((gate) =>
    practiceAnswer(failed(gate)),
  );
  expect(choices.map((decision) => ("choice" in decision ? decision.choice : decision.type))).toEqual([
    "retry",
    "retry",
    "retry",
    "cancel",
  ]);
});
