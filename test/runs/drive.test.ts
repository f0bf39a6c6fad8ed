import { expect, test } from "vitest";
import { thisProcess } from "../../src/process/identity.ts";
import { driveRun } from "../../src/runs/drive.ts";
import { ana } from "../support/world-free.ts";
import { asks, started } from "./small-run.ts";

const how = { operator: ana, wait: false, patience: 0, resumed: null, onEvents: () => {} };

test("a run is driven under a lease that is noted, and given back", async () => {
  const { workspace, run } = await started(asks);
  const { store } = workspace;
  const end = await driveRun(workspace, run, { ...how, stop: new AbortController().signal });
  expect(end).toEqual({ type: "paused" });
  expect(store.log.events(run).map(({ type }) => type)).toEqual([
    "run.started",
    "lease.acquired",
    "gate.opened",
  ]);
  expect(store.leases.find(run)?.expiresAt.getTime()).toBe(0);
  workspace.close();
});

test("a run that somebody else drives is left alone", async () => {
  const { workspace, run } = await started(asks);
  workspace.store.leases.acquire(run, thisProcess());
  const drive = driveRun(workspace, run, { ...how, stop: new AbortController().signal });
  await expect(drive).rejects.toMatchObject({ code: "RUN_HELD" });
  expect(workspace.store.log.events(run)).toHaveLength(1);
  workspace.close();
});
