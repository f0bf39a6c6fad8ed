import { expect, test } from "vitest";
import { rests, summarise } from "../../src/model/summary.ts";
import { gate, scribe } from "../support/made-events.ts";

test("only a run that waits for time alone holds no target", () => {
  const { events, add } = scribe();
  const seen = (): boolean => rests(summarise(events));
  expect(seen()).toBe(false);
  add("timer.armed", { timer: "xstate.after.watch.b.watch", due: "2025-10-08T00:00:00.000Z" });
  expect(seen()).toBe(true);
  add("gate.opened", gate("go"));
  expect(seen()).toBe(false);
});
