import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { storeOptions } from "../../src/runs/store-options.ts";
import { startRun } from "../../src/runs/start.ts";
import { openWorkspace } from "../../src/runs/workspace.ts";
import { asks, placeWith, smallRun, started } from "./small-run.ts";

const target = { account: "1", region: "eu-west-1", dir: "/srv", workspace: "default", practice: null };

test("the start of a run is all that is recorded of it", async () => {
  const { workspace, run } = await started(asks);
  expect(workspace.store.log.events(run)).toMatchObject([
    { type: "run.started", data: { runbook: { id: "small" } } },
  ]);
  workspace.close();
});

test("a target that an unfinished run acts on is refused, and what to do is said", async () => {
  const place = placeWith(asks);
  const workspace = openWorkspace(place);
  const first = await startRun(workspace, await smallRun(place, { target }));
  await expect(startRun(workspace, await smallRun(place, { target }))).rejects.toMatchObject({
    code: "TARGET_HELD",
    data: { run: first, driven: false },
    hint: expect.stringContaining(`runwright resume ${first}`),
  });
  await startRun(workspace, await smallRun(place, { target: { ...target, workspace: "other" } }));
  workspace.close();
});

test("nothing is recorded where the anchors cannot be written", async () => {
  const place = placeWith(asks);
  const { anchors } = storeOptions(place);
  mkdirSync(path.dirname(anchors), { recursive: true });
  writeFileSync(anchors, "no directory");
  const workspace = openWorkspace(place);
  const start = smallRun(place).then((small) => startRun(workspace, small));
  await expect(start).rejects.toMatchObject({ code: "STATE_UNWRITABLE" });
  expect(workspace.store.lastSeq()).toBe(0);
  workspace.close();
});
