import { expect, test } from "vitest";
import { z } from "zod";
import { persist } from "../../src/engine/machine.ts";
import { apply, replay } from "../../src/engine/replay.ts";
import { replayTree, takeTurn, type RunTree } from "../../src/engine/run-tree.ts";
import type { Batch } from "../../src/engine/host.ts";
import {
  engineActor,
  type Draft,
  type EventData,
  type EventType,
  type RunEvent,
  type Actor,
} from "../../src/model/event.ts";
import { createWorld, everything, stepsOf } from "../support/external-world.ts";
import { liveThrough } from "../support/mortal.ts";
import { temporary } from "../support/terraform.ts";
import { bench } from "../support/world-free.ts";
import { runbook } from "../../src/runbook/define.ts";

const { look } = stepsOf(createWorld(temporary("replay")));
const { step, gate, wait, define } = runbook("short", { title: "Short", input: z.strictObject({}) });
const short = define({
  look: step(look, () => ({})),
  ask: gate(() => ({ title: "Go?", summary: "", risk: "low" })),
  wait: wait(() => "1ms"),
});

/** The record of a short run up to its open gate. */
async function record(): Promise<readonly RunEvent[]> {
  const { start, drive, host } = bench(short);
  const run = start({});
  await drive(run);
  return host.store.log.events(run);
}

function next<T extends EventType>(events: readonly RunEvent[], type: T, data: EventData[T]): RunEvent {
  const last = events.at(-1);
  if (last === undefined) throw new Error("There are no events.");
  return { ...last, rseq: last.rseq + 1, type, data } as RunEvent;
}

const wrong: readonly (readonly [string, (events: readonly RunEvent[]) => readonly RunEvent[]])[] = [
  ["does not begin with its start", (events) => events.slice(1)],
  ["is empty", () => []],
  ["lacks an event", (events) => events.toSpliced(2, 1)],
  ["has an event twice", (events) => events.toSpliced(2, 0, ...events.slice(2, 3))],
  [
    "starts a step that the runbook does not ask for",
    (events) => [...events, next(events, "step.started", { ...startIn(events), step: "other", attempt: 1 })],
  ],
  [
    "starts a step twice",
    (events) => [
      ...events.slice(0, 2),
      next(events.slice(0, 2), "step.started", { ...startIn(events), attempt: 2 }),
    ],
  ],
  [
    "has an attempt out of turn",
    ([first, start]) =>
      [first, { ...start, data: { ...startIn([start as RunEvent]), attempt: 2 } }] as RunEvent[],
  ],
  [
    "has an outcome without its start",
    ([first]) => [
      first as RunEvent,
      next([first as RunEvent], "step.succeeded", { step: "look", attempt: 1, output: {} }),
    ],
  ],
  [
    "has an outcome of another attempt",
    (events) => [
      ...events.slice(0, 2),
      next(events.slice(0, 2), "step.succeeded", { step: "look", attempt: 2, output: {} }),
    ],
  ],
  [
    "approves a gate that is not open",
    (events) => [
      ...events,
      next(events, "approval.granted", { gate: "other", digest: "", reason: "", useBy: null }),
    ],
  ],
  [
    "approves something else than the gate shows",
    (events) => [
      ...events,
      next(events, "approval.granted", { gate: "ask", digest: "0".repeat(64), reason: "", useBy: null }),
    ],
  ],
  [
    "fires a timer that is not armed",
    (events) => [...events, next(events, "timer.fired", { timer: "wait" })],
  ],
  ["succeeds too early", (events) => [...events, next(events, "run.succeeded", { reason: "" })]],
  ["fails too early", (events) => [...events, next(events, "run.failed", { reason: "", criteria: [] })]],
  [
    "is cancelled by nobody",
    (events) => [...events, next(events, "run.cancelled", { reason: "", leftRunning: [] })],
  ],
];

function startIn(events: readonly RunEvent[]): EventData["step.started"] {
  const start = events.find((event) => event.type === "step.started");
  if (start?.type !== "step.started") throw new Error("No step has started.");
  return start.data;
}

test.each(wrong)("a record that %s is broken", async (_how, change) => {
  const events = await record();
  expect(() => replay(short, events)).not.toThrow();
  expect(() => replay(short, change(events))).toThrowError(
    expect.objectContaining({ code: "RECORD_BROKEN" }),
  );
});

test("a record of one runbook does not fit another", async () => {
  const other = define({ ask: gate(() => ({ title: "Go?", summary: "", risk: "low" })) });
  const events = await record();
  expect(() => replay(other, events)).toThrowError(expect.objectContaining({ code: "RECORD_BROKEN" }));
});

test("replaying every prefix of a record gives the state that folding one event more gives", async () => {
  const events = await record();
  events.slice(1).forEach((event, index) => {
    const folded = apply(replay(short, events.slice(0, index + 1)), event);
    const replayed = replay(short, events.slice(0, index + 2));
    expect(plain(new Map([["", folded]]))).toEqual(plain(new Map([["", replayed]])));
  });
});

test("after every turn the state in memory is what the stored events say, the times of storage included", async () => {
  const dir = temporary("replay");
  const world = createWorld(dir);
  const all = everything(world);
  const { host, start } = bench(all, dir);
  const run = start({});
  let tree: RunTree = replayTree(await host.load(run));
  let turns = 0;
  async function turn(stimuli: readonly Draft[]): Promise<void> {
    const taken: { tree: RunTree; turn: Batch } = takeTurn(tree, stimuli, host.ids);
    const committed = await host.commit(taken.turn);
    if (committed.type !== "stored") throw new Error("Somebody was first.");
    tree = taken.tree;
    expect(plain(tree)).toEqual(plain(replayTree(await host.load(run))));
    turns += 1;
  }
  await turn([]);
  while ([...tree.values()].some(({ end }) => end === null)) await turn([stimulusOf(tree)]);
  expect(turns).toBeGreaterThan(9);
});

/** States without what a machine keeps for itself, such as the numbers of its actors. */
function plain(tree: RunTree): unknown {
  return [...tree.values()].map((state) => ({
    ...state,
    snapshot: persist(state.runbook, state.snapshot),
    runbook: state.runbook.id,
  }));
}

/** What the world might tell a run that wants something. */
function stimulusOf(tree: RunTree): Draft {
  for (const { run, pending } of tree.values()) {
    for (const one of pending.values()) {
      const told = { run, actor: engineActor };
      if (one.type === "timer") return { ...told, type: "timer.fired", data: { timer: one.id } };
      if (one.type === "gate" && one.gate !== null) {
        const { gate, digest } = one.gate;
        const by: Actor = { kind: "human", id: "ben", identified: "claimed" };
        return { run, actor: by, type: "approval.granted", data: { gate, digest, reason: "", useBy: null } };
      }
      if (one.type === "step" && one.started !== null) {
        const data = { step: one.id, attempt: one.started.attempt, output: { name: one.id } };
        return { ...told, type: "step.succeeded", data };
      }
    }
  }
  throw new Error("Nothing is wanted.");
}

test("the stored snapshot is what the events give", async () => {
  const dir = temporary("replay");
  const world = createWorld(dir);
  const operator = () => ({ type: "approve", reason: "" }) as const;
  const { run } = await liveThrough(() => everything(world), dir, { operator });
  const { host } = bench(everything(world), dir);
  for (const { runbook: own, events } of (await host.load(run)).runs) {
    const [first] = events;
    const stored: unknown = JSON.parse(host.store.snapshot(first?.run ?? "")?.json ?? "");
    expect(stored).toEqual(persist(own, replay(own, events).snapshot));
  }
});
