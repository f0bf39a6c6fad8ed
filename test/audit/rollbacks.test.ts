import { expect, test } from "vitest";
import { rollbackCheck } from "../../src/audit/verify.ts";

const place = (seq: number) => ({ log: "l", seq, hash: "0".repeat(64) });
const body = JSON.stringify({
  seq: 5,
  type: "rollback.accepted",
  actor: { id: "ana" },
  at: "2025-10-07T13:51:04.000Z",
});
const data = JSON.stringify({ data: { was: place(9), is: place(4), reason: "disk lost" } });
const row = { seq: 5, run: "log", rseq: 1, type: "rollback.accepted", body, data, hash: "" };

test("a log of which nothing was given up passes", () => {
  expect(rollbackCheck([]).verdict).toBe("pass");
});

test("an accepted rollback is told once and never passes, also when its data is withheld", () => {
  const told = rollbackCheck([row, row]);
  expect(told.verdict).toBe("unknown");
  expect(told.detail).toBe(
    "ana accepted at 2025-10-07T13:51:04.000Z that event 9 of log l was noted and the log continues after 4: disk lost",
  );
  expect(rollbackCheck([{ ...row, data: null }])).toMatchObject({ verdict: "unknown", detail: "event 5" });
});
