import { expect, test } from "vitest";
import type { RunEvent } from "../../src/model/event.ts";
import { align } from "../../src/timeline/aligned.ts";
import { changesIn } from "../../src/timeline/changes.ts";
import { diffRuns } from "../../src/timeline/diff.ts";
import { scribe, started } from "../support/made-events.ts";
import { finishedRun } from "../support/read-run.ts";

async function family(input: Parameters<typeof finishedRun>[0]): Promise<readonly (readonly RunEvent[])[]> {
  const { host, run } = await finishedRun(input);
  return host.store.runTree(run).map((row) => host.store.log.events(row.run));
}

test("two lists are laid side by side with as much as possible in both", () => {
  const marks = { both: " ", one: "-", other: "+" } as const;
  const laid = align(["a", "b", "c", "d"], ["a", "c", "x", "d", "e"]);
  expect(laid.map((row) => marks[row.in] + row.item)).toEqual([" a", "-b", " c", "+x", " d", "+e"]);
  expect(align([], ["a"])).toEqual([{ in: "other", item: "a" }]);
});

test("changes are the innermost values that differ", () => {
  const one = { a: 1, b: { c: [1, 2], d: "same" }, gone: true };
  const other = { a: 1, b: { c: [2, 1], d: "same" }, come: "x" };
  expect(changesIn(one, other)).toEqual([
    { what: "b.c", one: [1, 2], other: [2, 1] },
    { what: "gone", one: true, other: null },
    { what: "come", one: null, other: "x" },
  ]);
});

test("runs differ in inputs, path and outcomes, child runs by the name of their runbook", async () => {
  const diff = diffRuns(await family({ text: "one" }), await family({ text: "two", fail: 1 }));
  expect(diff.circumstances).toEqual([]);
  expect(diff.inputs).toEqual([
    { what: "fail", one: 0, other: 1 },
    { what: "text", one: "one", other: "two" },
  ]);
  const only = diff.path.filter((row) => row.in !== "both");
  expect(only).toEqual([
    { in: "other", item: "look failed: AWS_THROTTLED" },
    { in: "other", item: "look.decide chose retry" },
  ]);
  expect(diff.outcomes).toContainEqual({ what: "output.look.calls", one: 1, other: 2 });
  expect(diff.outcomes).toContainEqual({ what: "output.inner: inside.text", one: "one", other: "two" });
});

test("a run does not differ from itself", async () => {
  const events = await family({});
  const { path, ...rest } = diffRuns(events, events);
  expect(rest).toEqual({ circumstances: [], inputs: [], durations: [], plans: [], outcomes: [] });
  expect(path.every((row) => row.in === "both")).toBe(true);
});

/** A run whose plan said so many additions after so many seconds. */
function planned(add: number, seconds: number): readonly (readonly RunEvent[])[] {
  const made = scribe();
  made.add("step.started", started("plan", "terraform.plan", {}));
  made.add("step.succeeded", { step: "plan", attempt: 1, output: { add } }, seconds);
  return [made.events];
}

test("plans are told apart, and durations only where the difference says something", () => {
  const diff = diffRuns(planned(1, 10), planned(2, 20));
  expect(diff.plans).toEqual([{ what: "plan.add", one: 1, other: 2 }]);
  expect(diff.durations.map(({ what }) => what)).toEqual(["plan", "the whole run"]);
  expect(diffRuns(planned(1, 10), planned(1, 11)).durations).toEqual([]);
});
