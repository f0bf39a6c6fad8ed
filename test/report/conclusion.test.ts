import { expect, test } from "vitest";
import type { Verdict } from "../../src/model/event.ts";
import { conclusion } from "../../src/report/conclusion.ts";
import { beginning, scribe } from "../support/made-events.ts";
import { made } from "./made-report.ts";

/** The last sentence on a run with criteria of these verdicts. */
function concluded(end: "succeeded" | "failed" | null, verdicts: readonly Verdict[], followUps = 0): string {
  const criteria = verdicts.map((_, index) => ({
    id: `c${index}`,
    title: `Criterion ${index}`,
    step: "look",
  }));
  const scribed = scribe("R-AAAA", { ...beginning, criteria });
  for (const [index, verdict] of verdicts.entries()) {
    const { id = "", title = "" } = criteria[index] ?? {};
    scribed.add("criterion.evaluated", { id, title, verdict, evidence: null });
  }
  for (let index = 0; index < followUps; index += 1)
    scribed.add("followUp.added", {
      id: `f${index}`,
      title: "t",
      owner: "o",
      due: "2026-01-01T00:00:00.000Z",
    });
  if (end === "succeeded") scribed.add("run.succeeded", { reason: "" });
  if (end === "failed") scribed.add("run.failed", { reason: "", criteria: [] });
  const [, text = ""] = conclusion(made(scribed)) as readonly string[];
  return text;
}

test("only a run that succeeded with every criterion passed is called so without a word against it", () => {
  expect(concluded("succeeded", ["pass"])).toBe(
    "The run **SUCCEEDED**. The one success criterion, declared before the run, passes.",
  );
  expect(concluded("succeeded", ["pass", "pass"], 1)).toBe(
    "The run **SUCCEEDED**. All 2 success criteria, declared before the run, pass. 1 follow-up still open.",
  );
  expect(concluded("succeeded", [])).toContain("this says only that every step ran");
});

test("a criterion that did not pass, or is unknown, keeps the incident from counting as resolved", () => {
  const unresolved = "The incident must not be considered resolved by it.";
  expect(concluded("succeeded", ["pass", "unknown"])).toContain(
    `${unresolved} Not passed: Criterion 1 (UNKNOWN).`,
  );
  expect(concluded("failed", ["fail"])).toContain(
    `**FAILED**. ${unresolved} Not passed: Criterion 0 (FAIL).`,
  );
  expect(concluded("failed", ["pass"])).toContain(unresolved);
});

test("of a run that has not ended nothing is concluded", () => {
  const text = concluded(null, ["pass", "pending"]);
  expect(text).toContain("has not ended");
  expect(text).toContain("Nothing can be concluded yet. Not passed so far: Criterion 1 (PENDING).");
});
