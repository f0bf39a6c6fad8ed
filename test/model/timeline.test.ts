import { expect, test } from "vitest";
import { timelineOf } from "../../src/model/timeline.ts";
import { gate, jdoe, scribe, started } from "../support/made-events.ts";

function gaps({ events }: ReturnType<typeof scribe>): readonly string[] {
  return timelineOf([events]).flatMap((entry) =>
    entry.type === "gap" ? [`${entry.ms / 1_000}s ${entry.what}`] : [],
  );
}

test("silence before an answer is a wait for the person who gave it", () => {
  const made = scribe();
  made.add("gate.opened", gate("approvePlan"));
  made.add("approval.granted", { gate: "approvePlan", digest: "", reason: "", useBy: null }, 130, jdoe);
  expect(gaps(made)).toEqual(["130s waiting for a decision of jdoe at approvePlan"]);
});

test("silence while a step runs names the step, and short silence is no gap", () => {
  const made = scribe();
  made.add("step.started", started("rollout", "ecs.await-deployment", {}), 29);
  made.add("step.succeeded", { step: "rollout", attempt: 1, output: null }, 480);
  expect(gaps(made)).toEqual(["480s rollout ran: does rollout"]);
});

test("a time without an engine is told apart from a wait, with what was open meanwhile", () => {
  const made = scribe();
  made.add("gate.opened", gate("go"));
  made.add("run.interrupted", { reason: "SIGINT" });
  made.add("run.resumed", { note: "again" }, 60, jdoe);
  made.add("timer.armed", { timer: "xstate.after.watch.b.watch", due: "2025-10-08T00:00:00.000Z" });
  made.add("timer.fired", { timer: "xstate.after.watch.b.watch" }, 3_600);
  expect(gaps(made)).toEqual([
    "60s no engine was running, the run was stopped, until jdoe continued with it, while go waited for a decision that nobody had made",
    "3600s waiting for the time to come (watch)",
  ]);
});

test("a wait that was called off, and a killed engine, are explained by what was open", () => {
  const made = scribe();
  made.add("timer.armed", { timer: "xstate.after.watch.b.watch", due: "2025-10-08T00:00:00.000Z" });
  made.add("cancel.requested", { reason: "" }, 40, jdoe);
  made.add("run.resumed", { note: "" }, 50, jdoe);
  expect(gaps(made)).toEqual([
    "40s waiting until 2025-10-08T00:00:00.000Z (watch)",
    "50s no engine was running, until jdoe continued with it",
  ]);
});

test("silence that nothing explains is called unexplained", () => {
  const made = scribe();
  made.add("finding.recorded", { text: "x", status: "confirmed", step: "s" }, 31);
  expect(gaps(made)).toEqual(["31s the record does not say what was waited for"]);
});
