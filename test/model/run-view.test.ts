import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import type { RunEvent } from "../../src/model/event.ts";
import { apply, applyTo, viewOf, type FoldedRun } from "../../src/model/run-view.ts";
import { timelineOf } from "../../src/model/timeline.ts";
import { simulate } from "../sim/simulate.ts";
import { beginning, gate, jdoe, scribe, started } from "../support/made-events.ts";

const seeds = Array.from({ length: 60 }, (_, index) => index + 1);

/** The logs of the runs of many simulated lives, each in order. */
async function* runsOfLives(): AsyncGenerator<readonly RunEvent[]> {
  for (const seed of seeds) {
    const { events } = await simulate(seed);
    for (const run of new Set(events.map((event) => event.run)))
      yield events.filter((event) => event.run === run);
  }
}

test("a view that grows event by event is at each of them what all events so far say", async () => {
  for await (const events of runsOfLives()) {
    let view: FoldedRun | undefined;
    for (const [index, event] of events.entries()) {
      if (view === undefined) view = viewOf([event]);
      else apply(view, event);
      const whole = viewOf(events.slice(0, index + 1));
      // Quicker than `toEqual`, which then shows where they differ.
      if (!isDeepStrictEqual(view, whole)) expect(view).toEqual(whole);
    }
  }
});

test("events of several runs go each into the view of its own run", async () => {
  for (const seed of seeds) {
    const { events } = await simulate(seed);
    const views = new Map<string, FoldedRun>();
    for (const event of events) applyTo(views, event);
    for (const [run, view] of views)
      expect(view).toEqual(viewOf(events.filter((event) => event.run === run)));
  }
});

test("in simulated lives the lists of a view hold every event that they are about", async () => {
  for await (const events of runsOfLives()) {
    const view = viewOf(events);
    const of = (...types: readonly string[]): readonly RunEvent[] =>
      events.filter(({ type }) => types.includes(type));
    expect(view.words).toEqual(of("approval.granted", "approval.denied", "decision.made", "input.given"));
    expect(view.verdicts).toEqual(of("criterion.evaluated"));
    expect(view.findings).toEqual(of("finding.recorded"));
    expect(view.leases).toEqual(of("lease.acquired"));
    expect(view.resumptions).toEqual(of("run.resumed"));
    expect(view.gates.map(({ rseq }) => rseq)).toEqual(of("gate.opened").map(({ rseq }) => rseq));
    expect(view.waits.map(({ armed }) => armed)).toEqual(of("timer.armed"));
    const ended = view.waits
      .flatMap((wait) => wait.ended ?? [])
      .toSorted((one, other) => one.seq - other.seq);
    expect(ended).toEqual(of("timer.fired", "timer.cancelled"));
    expect(view.summary.events).toBe(events.length);
  }
});

test("a run waits when nothing runs and something is open, and runs otherwise", () => {
  const { events, add } = scribe();
  add("step.started", started("s", "k", {}));
  add("gate.opened", gate("go"));
  expect(viewOf(events).summary.status).toBe("running");
  add("step.succeeded", { step: "s", attempt: 1, output: null });
  expect(viewOf(events).summary.status).toBe("waiting");
  add("approval.granted", { gate: "go", digest: "", reason: "", useBy: null }, 1, jdoe);
  expect(viewOf(events).summary.status).toBe("running");
  add("child.started", { step: "inner", run: "R-BBBB", runbook: "b" });
  add("timer.armed", { timer: "xstate.after.watch.b.watch", due: "2025-10-08T00:00:00.000Z" });
  expect(viewOf(events).summary.status).toBe("running");
  add("child.ended", { step: "inner", run: "R-BBBB", status: "failed" });
  expect(viewOf(events).summary.status).toBe("waiting");
  add("run.failed", { reason: "so", criteria: [] });
  expect(viewOf(events).summary).toMatchObject({ status: "failed", reason: "so" });
});

test("what ended a timer is kept with it, also when the same timer is armed again", () => {
  const { events, add } = scribe();
  const timer = "xstate.after.watch.b.watch";
  add("timer.armed", { timer, due: "2025-10-08T00:00:00.000Z" });
  add("timer.fired", { timer });
  add("timer.armed", { timer, due: "2025-10-09T00:00:00.000Z" });
  add("timer.cancelled", { timer });
  const { waits, summary } = viewOf(events);
  expect(waits.map(({ ended }) => ended?.type)).toEqual(["timer.fired", "timer.cancelled"]);
  expect(summary.timers).toEqual([]);
});

test("an approval that was revoked is still known to have been given", () => {
  const { events, add } = scribe();
  add("gate.opened", gate("go"));
  add("approval.granted", { gate: "go", digest: "", reason: "fine", useBy: null }, 1, jdoe);
  add("approval.revoked", { gate: "go", digest: "", reason: "no" }, 1, jdoe);
  const [record] = viewOf(events).gates;
  expect(record).toMatchObject({
    answer: { type: "approval.revoked" },
    granted: { data: { reason: "fine" } },
  });
  expect(record?.used).toBeNull();
});

test("a write that was not let begin has failed, and was never under way", () => {
  const { events, add } = scribe();
  const failure = { code: "APPROVAL_VOID", message: "it has changed", hint: "", data: {} };
  add("step.refused", { step: "apply", kind: "k", describe: "does it", failure });
  const { summary, attempts } = viewOf(events);
  const [, { at } = { at: "" }] = events;
  expect(summary.steps).toEqual([
    expect.objectContaining({
      step: "apply",
      status: "failed",
      failure,
      startedAt: at,
      endedAt: at,
      rseq: 2,
    }),
  ]);
  expect(summary.status).toBe("running");
  expect(attempts).toEqual([]);
});

test("an attempt that begins once more is one attempt, with its first start", () => {
  const { events, add } = scribe();
  add("step.started", started("s", "k", {}));
  add("step.started", { ...started("s", "k", {}), describe: "does it at last" });
  const { attempts } = viewOf(events);
  expect(attempts).toHaveLength(1);
});

test("a child run that ended twice is counted once", () => {
  const { events, add } = scribe();
  add("gate.opened", gate("go"));
  for (const run of ["R-BBBB", "R-CCCC"]) add("child.started", { step: run, run, runbook: "b" });
  for (const status of ["failed", "succeeded"] as const)
    add("child.ended", { step: "R-BBBB", run: "R-BBBB", status });
  expect(viewOf(events).summary).toMatchObject({
    status: "running",
    children: [{ status: "succeeded" }, { status: "open" }],
  });
});

test("a view given away is not changed in what it holds, only in what it lists", () => {
  const { events, add } = scribe("R-AAAA", { ...beginning, steps: [{ step: "s", title: "S" }] });
  const view = viewOf(events);
  const [before] = view.summary.steps;
  add("step.started", started("s", "k", {}));
  const [, start] = events;
  if (start !== undefined) apply(view, start);
  expect(before?.status).toBe("pending");
  expect(view.summary.steps[0]?.status).toBe("running");
});

test("a record that does not begin with a start has no view", () => {
  const { events } = scribe();
  expect(() => viewOf(events.slice(1))).toThrow("A run's record begins with its start.");
});

test("silences are explained by what is under way in the order in which it began, over several attempts", () => {
  const { events, add } = scribe();
  add("step.started", started("a", "k", {}));
  add("step.started", started("b", "k", {}));
  add("step.reconciled", { step: "a", attempt: 1, verdict: "not done", by: "read-only", why: "cut off" });
  add("step.started", started("a", "k", {}, 2));
  add("step.succeeded", { step: "b", attempt: 1, output: null }, 60);
  const gaps = timelineOf([events]).flatMap((entry) => (entry.type === "gap" ? entry.what : []));
  expect(gaps).toEqual(["a ran: does a; b ran: does b"]);
});
