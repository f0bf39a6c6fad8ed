import { expect, test } from "vitest";
import { plain } from "../../../src/cli/view/palette.ts";
import { ascii } from "../../../src/cli/view/symbols.ts";
import { timelineLines } from "../../../src/cli/view/timeline-lines.ts";
import { utcZone } from "../../../src/cli/view/zone.ts";
import { toTimelineRows } from "../../../src/timeline/rows.ts";
import { gate, jdoe, scribe, started } from "../../support/made-events.ts";

function lines(width: number): readonly string[] {
  const made = scribe();
  made.add("step.started", started("plan", "terraform.plan", {}));
  made.add("step.succeeded", { step: "plan", attempt: 1, output: null }, 37);
  made.add("gate.opened", gate("approvePlan"));
  made.add(
    "decision.made",
    { gate: "approvePlan", digest: "", choice: "go", reason: "it is \u001b[31mfine", output: null },
    40_000,
    jdoe,
  );
  const page = { root: "R-AAAA", zone: utcZone, paint: plain, symbols: ascii, width };
  return timelineLines(toTimelineRows([made.events]), page);
}

test("a timeline has a column for each lane that occurs, days, durations and named silences", () => {
  expect(lines(80)).toEqual([
    "R-AAAA, all times UTC",
    "Lanes: H human   E engine   T terraform",
    "",
    "2025-10-07",
    "13:51:01 -E- #1 run of b started",
    "13:51:02 --T #2 plan: started: does plan",
    "         ------ 37s: plan ran: does plan",
    "13:51:39 --T #3 plan: succeeded (37s)",
    "13:51:40 -E- #4 approvePlan: asks: Go? (risk low, shown dddddddddddd)",
    "         ------ 11h06m: waiting for a decision of jdoe at approvePlan",
    "2025-10-08",
    "00:58:20 H-- #5 jdoe approvePlan: chose go, because: it is \\u{1b}[31mfine",
    "                (11h06m)",
  ]);
});

test.each([40, 60, 80])("no line is longer than %i columns, and none is lost", (width) => {
  const drawn = lines(width);
  expect(Math.max(...drawn.map((line) => line.length))).toBeLessThanOrEqual(width);
  expect(drawn.join(" ").replaceAll(/\s+/g, " ")).toContain("because: it is");
});
