import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createTime } from "../../../src/practice/world/create-world.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a simulated minute lasts a second at speed 60", () => {
  const act = vi.fn<() => void>();
  createTime(60).after(60, act);
  vi.advanceTimersByTime(999);
  expect(act).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(act).toHaveBeenCalledTimes(1);
});

test("nothing happens after the clock was stopped", () => {
  const act = vi.fn<() => void>();
  const time = createTime(60);
  time.after(60, act);
  time.stop();
  time.after(0, act);
  vi.runAllTimers();
  expect(act).not.toHaveBeenCalled();
});
