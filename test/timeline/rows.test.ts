import { expect, test } from "vitest";
import { unknownTypes, filterRows, type RowFilter } from "../../src/timeline/filter.ts";
import { paceOf } from "../../src/timeline/pace.ts";
import { toTimelineRows, type TimelineRow } from "../../src/timeline/rows.ts";
import { gate, jdoe, scribe, started } from "../support/made-events.ts";

const robot = { kind: "agent", id: "bot", identified: "claimed" } as const;

/** A step of each lane, an interruption, a failure. */
function story() {
  const made = scribe();
  made.add("step.started", started("plan", "terraform.plan", {}));
  made.add(
    "step.failed",
    { step: "plan", attempt: 1, failure: { code: "X", message: "no", hint: "", data: {} } },
    40,
  );
  made.add("gate.opened", gate("plan.decide"));
  made.add(
    "decision.made",
    { gate: "plan.decide", digest: "", choice: "retry", reason: "", output: null },
    60,
    jdoe,
  );
  made.add("step.started", started("plan", "terraform.plan", {}, 2));
  made.add("step.succeeded", { step: "plan", attempt: 2, output: null }, 5);
  made.add("step.started", started("deploy", "ecs.update-service", {}));
  made.add("step.succeeded", { step: "deploy", attempt: 1, output: null });
  made.add("step.started", started("check", "http.probe", {}));
  made.add("child.started", { step: "redis", run: "R-BBBB", runbook: "redis-sg" });
  made.add("run.interrupted", { reason: "SIGINT" }, 1, jdoe);
  made.add("lease.acquired", { epoch: 2, host: "h", pid: 1, user: "ana" }, 7_800);
  made.add("cancel.requested", { reason: "enough" }, 1, robot);
  return toTimelineRows([made.events]);
}

function moments(rows: readonly TimelineRow[]) {
  return rows.flatMap((row) => (row.type === "event" ? [row] : []));
}

const all: RowFilter = { step: null, types: [], since: null, failed: false };

test("each event is in the lane of who acted, or of what was acted on", () => {
  expect(moments(story()).map(({ event, lane }) => `${event.type} ${lane}`)).toEqual([
    "run.started engine",
    "step.started terraform",
    "step.failed terraform",
    "gate.opened engine",
    "decision.made human",
    "step.started terraform",
    "step.succeeded terraform",
    "step.started AWS",
    "step.succeeded AWS",
    "step.started checks",
    "child.started child runs",
    "run.interrupted human",
    "lease.acquired engine",
    "cancel.requested agent",
  ]);
});

test("what ends something says how long it lasted, for attempts and answers", () => {
  const lasted = moments(story()).filter(({ ms }) => ms !== null);
  expect(lasted.map(({ event, ms }) => `${event.type} ${ms}`)).toEqual([
    "step.failed 40000",
    "decision.made 60000",
    "step.succeeded 5000",
    "step.succeeded 1000",
  ]);
});

test("a time without an engine is a silence of its own kind", () => {
  const gaps = story().flatMap((row) => (row.type === "gap" ? [`${row.ms} ${row.why}`] : []));
  expect(gaps).toEqual(["40000 step", "60000 decision", "7800000 no engine"]);
});

test("a filter by step takes its attempts and the decision about it, and no silence", () => {
  const rows = filterRows(story(), { ...all, step: "plan" });
  expect(rows.every(({ type }) => type === "event")).toBe(true);
  expect(moments(rows).map(({ attempt }) => attempt)).toEqual([1, 1, null, null, 2, 2]);
});

test("rows are filtered by type, by what failed, and by when", () => {
  const types = (wanted: Partial<RowFilter>) =>
    filterRows(story(), { ...all, ...wanted }).map((row) => (row.type === "gap" ? "gap" : row.event.type));
  expect(types({ types: ["decision", "step.failed"] })).toEqual(["step.failed", "decision.made"]);
  expect(types({ types: ["gap"] })).toEqual(["gap", "gap", "gap"]);
  expect(types({ failed: true })).toEqual(["step.failed", "cancel.requested"]);
  const last = moments(story()).at(-2)?.event.at ?? "";
  expect(types({ since: last })).toEqual(["gap", "lease.acquired", "cancel.requested"]);
});

test("a replay takes the time that steps took, divided by its speed, and leaves out the rest", () => {
  const beats = paceOf(story(), 8);
  expect(beats[2]).toMatchObject({ ms: 5_000, skipped: null });
  expect(beats[4]).toMatchObject({ ms: 0, skipped: { ms: 60_000 } });
  expect(beats[12]).toMatchObject({ ms: 0, skipped: { ms: 7_800_000 } });
  expect(paceOf(story(), "max").every(({ ms }) => ms === 0)).toBe(true);
});

test("a type that no event can have is known as such", () => {
  expect(unknownTypes(["approval", "step.failed", "gap", "record.pruned"])).toEqual([]);
  expect(unknownTypes(["aproval", "gap,approval"])).toEqual(["aproval", "gap,approval"]);
});
