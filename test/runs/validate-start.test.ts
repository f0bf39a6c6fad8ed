import { expect, test } from "vitest";
import { startRun } from "../../src/runs/start.ts";
import { openWorkspace } from "../../src/runs/workspace.ts";
import { placeWith, smallRun } from "./small-run.ts";

test("a first state that throws is told before anything is recorded", async () => {
  const place = placeWith(`ask: gate(() => { throw new Error("no title yet"); })`);
  const workspace = openWorkspace(place);
  const start = startRun(workspace, await smallRun(place));
  await expect(start).rejects.toMatchObject({
    code: "RUNBOOK_BROKEN",
    message: expect.stringContaining("no title yet"),
  });
  expect(workspace.store.list({ open: false, limit: -1 })).toEqual([]);
  workspace.close();
});
