import { expect, test } from "vitest";
import { attend } from "../../src/runs/attend.ts";
import { replayDifferences } from "../../src/runs/pinned.ts";
import { replayCheck } from "../../src/runs/replay-check.ts";
import { wholeNotes } from "../../src/runs/stored-record.ts";
import { verifyStored } from "../../src/runs/verify.ts";
import { alone, asks, started } from "./small-run.ts";

test("an honest run passes, and its events lead to what was stored", async () => {
  const { workspace, run } = await started(asks);
  await attend(workspace, run, alone());
  const { store, blobs } = workspace;
  const { checks, events } = await verifyStored(store, [run]);
  expect(events).toBe(store.log.events(run).length);
  expect(checks.filter(({ verdict }) => verdict === "fail")).toEqual([]);
  expect(await replayDifferences(store, blobs, [store.log.events(run)])).toEqual([]);
  expect(wholeNotes(store).split("\n").filter(Boolean).length).toBeGreaterThan(0);
  workspace.close();
});

test("an event that its runbook's machine does not come to fails the replay", async () => {
  const { workspace, run } = await started(asks);
  await attend(workspace, run, alone());
  const { store, blobs } = workspace;
  const told = store.log
    .events(run)
    .map((event) =>
      event.type === "gate.opened" ? { ...event, data: { ...event.data, title: "Something else" } } : event,
    );
  expect(await replayCheck(store, blobs, { runs: [told], own: [] })).toMatchObject({ verdict: "fail" });
  workspace.close();
});
