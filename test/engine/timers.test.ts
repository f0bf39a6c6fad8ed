import { expect, test } from "vitest";
import { z } from "zod";
import { replay } from "../../src/engine/replay.ts";
import { graphOf } from "../../src/graph/graph.ts";
import { pathOf } from "../../src/graph/path.ts";
import { isOf, type RunEvent } from "../../src/model/event.ts";
import { eventText } from "../../src/model/event-text.ts";
import { summarise } from "../../src/model/summary.ts";
import { timelineOf } from "../../src/model/timeline.ts";
import { runbook } from "../../src/runbook/define.ts";
import { fails, fake, simulate } from "../../src/testing/index.ts";
import { toTimelineRows } from "../../src/timeline/rows.ts";
import { good, look } from "../testing/small-runbook.ts";

const { step, wait, define } = runbook("waits", { title: "Waits", input: z.strictObject({}) });

/** A run that tries again by itself, waits, and ends. */
const waits = define({
  one: step(look, () => ({ of: "it" }), { retry: { times: 1, delay: "1m", on: ["AWS_THROTTLED"] } }),
  rest: wait(() => "1h"),
});

async function recorded(): Promise<readonly RunEvent[]> {
  const steps = [fake(look, fails("AWS_THROTTLED"), good)];
  return (await simulate(waits, { steps })).events;
}

/** As version 0.1.0 has written it. */
function olderOf(event: RunEvent): RunEvent {
  if (!isOf(event, "timer.armed", "timer.fired", "timer.cancelled")) return event;
  const { state: _, role: __, ...data } = event.data;
  return { ...event, data } as RunEvent;
}

test("the events of a timer say which state it belongs to and what it is for", async () => {
  const timers = (await recorded()).filter((event) => isOf(event, "timer.armed", "timer.fired"));
  expect(timers.map(({ type, data }) => ({ type, ...data, due: undefined }))).toMatchObject([
    { type: "timer.armed", timer: "xstate.after.60000.waits.one.backoff", state: "one", role: "backoff" },
    { type: "timer.fired", timer: "xstate.after.60000.waits.one.backoff", state: "one", role: "backoff" },
    { type: "timer.armed", timer: "xstate.after.rest.rest", state: "rest", role: "wait" },
    { type: "timer.fired", timer: "xstate.after.rest.rest", state: "rest", role: "wait" },
  ]);
});

test("a record that has only the names of its timers reads and replays the same", async () => {
  const now = await recorded();
  const old = now.map(olderOf);
  expect(old).not.toEqual(now);
  const read = (events: readonly RunEvent[]) => ({
    sentences: events.map((event) => eventText(event)),
    steps: summarise(events).steps,
    gaps: timelineOf([events]).map((entry) => (entry.type === "gap" ? entry.what : entry.event.seq)),
    about: toTimelineRows([events]).map((row) => (row.type === "event" ? row.step : row.what)),
    path: pathOf(graphOf(waits), events),
    end: replay(waits, events).end,
  });
  expect(read(old)).toEqual(read(now));
  expect(read(old).path.visits).toEqual(["one", "rest", "succeeded"]);
});
