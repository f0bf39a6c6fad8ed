import { expect, test } from "vitest";
import {
  between,
  howIdentified,
  reference,
  sentence,
  statusOf,
  when,
  who,
} from "../../src/report/report-text.ts";
import { jdoe, scribe } from "../support/made-events.ts";
import { made } from "./made-report.ts";

test("an event of another run is named with its run", () => {
  const report = made(scribe());
  expect(reference(report, "R-AAAA", 3)).toBe("`#3`");
  expect(reference(report, "R-BBBB", 3)).toBe("`R-BBBB#3`");
  expect(reference(report, "R-AAAA", null)).toBe("none");
});

test("a program is never taken for a person", () => {
  expect(who(jdoe)).toBe("jdoe");
  const scripted = { ...jdoe, kind: "practice" } as const;
  expect(who(scripted)).toBe("jdoe (scripted, no person)");
  expect(howIdentified(scripted)).toBe("not at all: a program answered");
  expect(who({ ...jdoe, kind: "agent" })).toBe("jdoe (agent)");
  expect(howIdentified({ ...jdoe, identified: "claimed" })).toBe("only by what was claimed");
});

test("a run that has not ended says so beside its status, a faulted one too", () => {
  const { summary } = made(scribe()).root;
  expect(statusOf(summary)).toMatch(/^[A-Z]+ \(not ended\)$/);
  const failure = { code: "UNEXPECTED", message: "m" } as never;
  expect(statusOf({ ...summary, fault: failure })).toBe("FAULTED (not ended)");
  expect(statusOf({ ...summary, status: "failed", endedAt: summary.startedAt })).toBe("FAILED");
});

test("times that are not there, or go backwards, make no false ones", () => {
  expect(when(null)).toBe("not yet");
  expect(when("2025-10-07T13:51:04.123Z")).toBe("2025-10-07 13:51:04");
  expect(between("2025-10-07T13:51:04.000Z", "2025-10-07T13:51:00.000Z")).toBe(
    between("2025-10-07T13:51:04Z", "2025-10-07T13:51:04Z"),
  );
});

test("a sentence has one full stop", () => {
  expect(["a", "a.", "a?"].map(sentence)).toEqual(["a.", "a.", "a?"]);
});
