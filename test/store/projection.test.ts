import { expect, test } from "vitest";
import type { Json } from "../../src/model/json.ts";
import { ana } from "../support/world-free.ts";
import { noted, openAt, place, started, turn } from "./store-support.ts";

/** A run that rests after each event with a snapshot of about so many bytes; tells after which events one was stored. */
function restsAt(bytes: number, events: number): readonly number[] {
  const { log, snapshot } = openAt(place());
  const snapshots = new Map([["r1", (): Json => ({ context: "x".repeat(bytes) })]]);
  log.append({ ...turn(started("r1")), snapshots }, null);
  const stored = new Set<number>();
  for (let rseq = 1; rseq <= events; rseq += 1) {
    stored.add(snapshot("r1")?.rseq ?? 0);
    log.append({ ...turn(noted("r1")), snapshots }, null);
  }
  return [...stored];
}

test("a small snapshot is stored at every rest", () => {
  expect(restsAt(100, 5)).toEqual([1, 2, 3, 4, 5]);
});

test("a large one only when as many events have come as its bytes are worth", () => {
  expect(restsAt(10_000, 40)).toEqual([1, 12, 23, 34]);
});

test("the snapshot of a run that has ended is stored whatever came before", () => {
  const { log, snapshot } = openAt(place());
  const large = (word: string) => new Map([["r1", (): Json => ({ word, context: "x".repeat(100_000) })]]);
  log.append({ ...turn(started("r1"), noted("r1")), snapshots: large("first") }, null);
  log.append({ ...turn(noted("r1")), snapshots: large("between") }, null);
  expect(snapshot("r1")).toMatchObject({ rseq: 2, json: expect.stringContaining("first") });
  const end = { run: "r1", type: "run.succeeded", actor: ana, data: { reason: "all pass" } } as const;
  log.append({ ...turn(end), snapshots: large("last") }, null);
  expect(snapshot("r1")).toMatchObject({ rseq: 4, json: expect.stringContaining("last") });
});
