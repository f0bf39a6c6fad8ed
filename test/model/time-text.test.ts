import { expect, test } from "vitest";
import { toSecond, utcClock, utcDay, utcText } from "../../src/model/time-text.ts";

test("a stored moment is told by its day, its time, or both, to the second", () => {
  const at = "2025-10-07T13:51:04.087Z";
  expect([utcDay(at), utcClock(at)]).toEqual(["2025-10-07", "13:51:04"]);
  expect([utcText(at), toSecond(at)]).toEqual(["2025-10-07 13:51:04", "2025-10-07T13:51:04"]);
});
