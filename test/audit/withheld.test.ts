import { expect, test } from "vitest";
import type { OwnEvent } from "../../src/audit/submission.ts";
import { closedCheck, exportCheck, withheldCheck } from "../../src/audit/withheld.ts";
import type { RunEvent } from "../../src/model/event.ts";

/** One of a run's events; without `data` it is withheld. */
function one(seq: number, type: string, data: object | null = {}): OwnEvent {
  const event = data === null ? null : ({ seq, run: "R-AAAA", type, data } as unknown as RunEvent);
  return { seq, run: "R-AAAA", type, event };
}

const gathered = (...own: readonly OwnEvent[]) => {
  const end = own.at(-1);
  return {
    own,
    hashes: new Map(),
    last: end === undefined ? undefined : { ...end, rseq: 1, body: "", data: null, hash: "" },
  };
};

test("data may be missing only where the export at the end says so, or a later pruning of the run", () => {
  const verdict = (...own: readonly OwnEvent[]) => withheldCheck(gathered(...own)).verdict;
  expect(verdict(one(1, "a"))).toBe("pass");
  expect(verdict(one(1, "a", null), one(2, "record.exported", { withheld: [1] }))).toBe("pass");
  expect(verdict(one(1, "a", null), one(2, "record.pruned", { runs: ["R-AAAA"] }))).toBe("pass");
  expect(verdict(one(1, "a", null))).toBe("fail");
  expect(verdict(one(1, "a", null), one(2, "record.exported", { withheld: [3] }))).toBe("fail");
  expect(verdict(one(1, "a", null), one(2, "record.exported", { withheld: [1] }), one(3, "b"))).toBe("fail");
  expect(verdict(one(1, "record.pruned", { runs: ["R-AAAA"] }), one(2, "a", null))).toBe("fail");
  expect(verdict(one(1, "a", null), one(2, "record.pruned", { runs: ["R-BBBB"] }))).toBe("fail");
});

test("the failed check names the event that is missing without a word", () => {
  expect(withheldCheck(gathered(one(7, "a", null))).detail).toBe(
    "event 7: its data is missing without a word",
  );
});

test("a copy that does not end with its export has lost its end", () => {
  expect(exportCheck(gathered(one(1, "a"), one(2, "record.exported"))).verdict).toBe("pass");
  expect(exportCheck(gathered(one(1, "record.exported"), one(2, "a")))).toMatchObject({
    verdict: "fail",
    detail: "expected `record.exported`, got `a`",
  });
  expect(exportCheck(gathered()).verdict).toBe("fail");
});

test("a run without an end is told as open, not as ended", () => {
  expect(closedCheck(gathered(one(1, "run.failed")), ["R-AAAA"]).verdict).toBe("pass");
  expect(closedCheck(gathered(one(1, "run.failed")), ["R-AAAA", "R-BBBB"])).toMatchObject({
    verdict: "unknown",
    detail: "R-BBBB had not ended",
  });
});
