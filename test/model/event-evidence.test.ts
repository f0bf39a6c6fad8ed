import { expect, test } from "vitest";
import type { Artifact, RunEvent } from "../../src/model/event.ts";
import { attachedTo, evidenceOf } from "../../src/model/event-evidence.ts";
import { jdoe, scribe } from "../support/made-events.ts";

const artifacts: readonly Artifact[] = [
  { name: "plan.txt", sha256: "a".repeat(64), bytes: 3 },
  { name: "screen.png", sha256: "b".repeat(64), bytes: 4 },
];

/** The last event that was added, with evidence. */
function withEvidence({ events }: ReturnType<typeof scribe>): RunEvent {
  const last = events.at(-1);
  if (last === undefined) throw new Error("It was added.");
  return { ...last, artifacts };
}

test("evidence belongs to the attempt that left it", () => {
  const made = scribe();
  made.add("step.succeeded", { step: "plan", attempt: 2, output: null });
  expect(evidenceOf(withEvidence(made))).toEqual({
    run: "R-AAAA",
    step: "plan",
    attempt: 2,
    seq: 2,
    rseq: 2,
    artifacts,
  });
});

test("what a person attached belongs to the step of the gate, and to no attempt", () => {
  const made = scribe();
  made.add("approval.denied", { gate: "apply#2", digest: "", reason: "" }, 1, jdoe);
  expect(evidenceOf(withEvidence(made))).toMatchObject({ step: "apply", attempt: null, artifacts });
});

test("an event that names no evidence, or is not about a step, keeps none", () => {
  const made = scribe();
  made.add("step.succeeded", { step: "plan", attempt: 1, output: null });
  expect(made.events.map(evidenceOf)).toEqual([null, null]);
  made.add("run.interrupted", { reason: "SIGINT" });
  expect(evidenceOf(withEvidence(made))).toBeNull();
});

test("attached files are named, and nothing is said of none", () => {
  expect(attachedTo({ artifacts })).toBe(", with plan.txt, screen.png");
  expect(attachedTo({ artifacts: [] })).toBe("");
});
