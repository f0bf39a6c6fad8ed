import { expect, test } from "vitest";
import { eventText } from "../../src/model/event-text.ts";
import { scribe } from "../support/made-events.ts";

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
