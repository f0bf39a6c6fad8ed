import { expect, test } from "vitest";
import { createRecordClock, type RecordClock } from "../../src/model/record-clock.ts";

const start = Date.parse("2026-07-01T12:00:00.000Z");
const minute = 60_000;

/** A machine whose clocks are turned by hand. */
function machine(last = ""): {
  readonly clock: RecordClock;
  /** Time goes by. */
  readonly pass: (milliseconds: number) => void;
  readonly sleep: (milliseconds: number) => void;
  /** Somebody sets the wall clock. */
  readonly set: (milliseconds: number) => void;
  readonly log: (at: string) => void;
  readonly shown: () => string;
} {
  let [wall, steady, asleep, logged] = [start, 7_000, 0, last];
  const clock = createRecordClock({
    wall: () => new Date(wall),
    steady: () => steady,
    awakeOrAsleep: () => steady + asleep + 100_000,
    last: () => logged,
  });
  return {
    clock,
    pass: (milliseconds) => void ([wall, steady] = [wall + milliseconds, steady + milliseconds]),
    sleep: (milliseconds) => void ([wall, asleep] = [wall + milliseconds, asleep + milliseconds]),
    set: (milliseconds) => void (wall += milliseconds),
    log: (at) => void (logged = at),
    shown: () => clock.now().toISOString().slice(11, 19),
  };
}

test("as long as nothing is wrong it is the wall clock, and nothing is told", () => {
  const { clock, pass, sleep, shown } = machine("2026-07-01T11:00:00.000Z");
  expect(shown()).toBe("12:00:00");
  pass(90 * minute);
  expect(shown()).toBe("13:30:00");
  sleep(8 * 60 * minute);
  expect(shown()).toBe("21:30:00");
  pass(minute);
  sleep(minute);
  expect(shown()).toBe("21:32:00");
  expect(clock.jumps()).toEqual([]);
});

test("a clock that is set ahead and then right takes the record's time ahead, and no moment comes twice", () => {
  const { clock, pass, set, shown } = machine();
  set(20 * minute);
  expect(shown()).toBe("12:20:00");
  expect(clock.jumps()).toEqual([
    {
      clock: "2026-07-01T12:20:00.000Z",
      expected: "2026-07-01T12:00:00.000Z",
      by: "steady clock",
    },
  ]);
  pass(2 * minute);
  set(-20 * minute);
  expect(shown()).toBe("12:22:00");
  expect(clock.jumps()).toEqual([
    {
      clock: "2026-07-01T12:02:00.000Z",
      expected: "2026-07-01T12:22:00.000Z",
      by: "steady clock",
    },
  ]);
  pass(10 * minute);
  expect(shown()).toBe("12:32:00");
  set(20 * minute);
  expect(shown()).toBe("12:32:00");
  expect(clock.jumps()).toMatchObject([{ by: "steady clock" }]);
  pass(minute);
  expect(shown()).toBe("12:33:00");
  expect(clock.jumps()).toEqual([]);
});

test("a machine whose clock is behind the record goes on from there, and says so once", () => {
  const { clock, pass, shown, log } = machine("2026-07-01T12:20:00.000Z");
  expect(shown()).toBe("12:20:00");
  pass(minute);
  expect(shown()).toBe("12:21:00");
  const told = { clock: "2026-07-01T12:00:00.000Z", expected: "2026-07-01T12:20:00.000Z", by: "record" };
  expect(clock.jumps()).toEqual([told]);
  log("2026-07-01T12:40:00.000Z");
  expect(shown()).toBe("12:40:00");
  expect(clock.jumps()).toEqual([]);
});

test("what keeps a clock right is no jump, until it adds up to one", () => {
  const { clock, pass, set } = machine();
  clock.now();
  pass(minute);
  set(-4_000);
  expect(clock.jumps()).toEqual([]);
  pass(minute);
  set(-4_000);
  const told = { clock: "2026-07-01T12:01:52.000Z", expected: "2026-07-01T12:02:00.000Z", by: "record" };
  expect(clock.jumps()).toEqual([told]);
});
