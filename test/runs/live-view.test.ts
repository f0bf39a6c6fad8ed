import { expect, test } from "vitest";
import type { Draft, RunEvent } from "../../src/model/event.ts";
import { viewOf } from "../../src/model/run-view.ts";
import { createLiveView } from "../../src/runs/live-view.ts";
import type { Store } from "../../src/store/store.ts";
import { noted, openAt, place, started, turn } from "../store/store-support.ts";
import { beginning } from "../support/made-events.ts";
import { ana } from "../support/world-free.ts";

function append(store: Store, ...drafts: readonly Draft[]): readonly RunEvent[] {
  const appended = store.log.append(turn(...drafts), null);
  return appended.type === "stored" ? appended.events : [];
}

function inside(run: string, parent: string): Draft {
  const data = { ...beginning, parent: { run: parent, step: "inner", requester: "ana" } };
  return { run, type: "run.started", actor: ana, data };
}

/** Counts how many stored events are read. */
function counted(store: Store) {
  let read = 0;
  const after: Store["log"]["after"] = (seen) => {
    const events = store.log.after(seen);
    read += events.length;
    return events;
  };
  return { store: { ...store, log: { ...store.log, after } }, read: () => read };
}

test("summaries are what the record says, child runs included, whoever handed the events over", () => {
  const store = openAt(place());
  append(store, started("r1"));
  const live = createLiveView(store, "r1");
  expect(live.now().get("r1")?.events).toBe(1);
  // Stored by somebody who tells nobody.
  append(store, noted("r1"));
  const summaries = live.take(append(store, noted("r1"), inside("r2", "r1"), noted("r2")));
  for (const run of ["r1", "r2"]) expect(summaries.get(run)).toEqual(viewOf(store.log.events(run)).summary);
  expect([...summaries.keys()]).toEqual(["r1", "r2"]);
});

test("what was read from the record is not folded again when it is handed over", () => {
  const store = openAt(place());
  append(store, started("r1"));
  const live = createLiveView(store, "r1");
  const events = append(store, noted("r1"));
  live.now();
  expect(live.take(events).get("r1")?.events).toBe(2);
});

test("each event is read at most once, however many batches come", () => {
  const made = openAt(place());
  append(made, started("r1"), noted("r1"));
  const { store, read } = counted(made);
  const live = createLiveView(store, "r1");
  live.now();
  for (let round = 0; round < 50; round += 1) live.take(append(made, noted("r1"), noted("r1")));
  expect(read()).toBe(2);
  expect(live.now().get("r1")?.events).toBe(102);
});
