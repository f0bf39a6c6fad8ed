import { expect, test } from "vitest";
import { pageEvents } from "../../src/page/page-events.ts";
import { hostileStates } from "../support/hostile-record.ts";
import { scribe } from "../support/made-events.ts";

/** Moments of a run of so many events, each with a context of its own. */
function momentsWith(count: number, contextOf: (index: number) => string) {
  const { events, add } = scribe();
  for (let nth = 1; nth < count; nth += 1) add("run.resumed", { note: "again" });
  const states = hostileStates(events, "x").map((state, index) => ({
    ...state,
    context: { outputs: { same: "as before", own: contextOf(index) } },
  }));
  return pageEvents({ runs: [events], statesOf: () => states, isWithheld: false });
}

test("an event brings only what it changed, and each text is there once", () => {
  const { texts, moments } = momentsWith(3, (index) => `value ${index}`);
  expect(texts.filter((text) => text.includes("as before"))).toHaveLength(1);
  expect(Object.keys(moments[1]?.set ?? {})).toEqual(["context.outputs.own"]);
  expect(texts[moments[2]?.set["context.outputs.own"] ?? -1]).toBe('"value 2"');
});

test("what is too long is cut, and beyond the limit of the page left out, and both are said", () => {
  const { texts, moments } = momentsWith(400, (index) => `${index} ${"x".repeat(30_000)}`);
  expect(texts.some((text) => /\n\[\.\.\. \d+ more characters\]$/.test(text))).toBe(true);
  expect(texts[moments.at(-1)?.set["context.outputs.own"] ?? -1]).toContain("left out");
  expect(texts.join("").length).toBeLessThan(6_100_000);
});
