import { expect, test } from "vitest";
import { attend } from "../../src/runs/attend.ts";
import { changedRunbook, fileNow, migrateRun } from "../../src/runs/runbook-changes.ts";
import { writeSmall } from "../support/runbook-files.ts";
import { ana } from "../support/world-free.ts";
import { alone, asks, started } from "./small-run.ts";

test("what changed in the file is listed, and a run whose path is still there moves to it", async () => {
  const { place, workspace, run } = await started(asks);
  await attend(workspace, run, alone());
  const same = await fileNow(workspace, run, undefined);
  expect(await changedRunbook(workspace, run, same)).toBeNull();
  writeSmall(place.cwd, `${asks}, pause: wait(() => "1ms")`);
  const loaded = await fileNow(workspace, run, undefined);
  const changed = await changedRunbook(workspace, run, loaded);
  expect(changed?.why).toBeNull();
  expect(changed?.changes.map(({ state }) => state)).toContain("pause");
  await migrateRun(workspace, run, { loaded, actor: ana });
  expect(workspace.store.log.events(run).at(-1)).toMatchObject({ type: "run.migrated", actor: ana });
  workspace.close();
});

test("a run whose path is not there any more stays with its copy", async () => {
  const { place, workspace, run } = await started(asks);
  await attend(workspace, run, alone());
  writeSmall(place.cwd, `other: wait(() => "1ms")`);
  const loaded = await fileNow(workspace, run, undefined);
  expect((await changedRunbook(workspace, run, loaded))?.why).toBeInstanceOf(Error);
  const moved = migrateRun(workspace, run, { loaded, actor: ana });
  await expect(moved).rejects.toMatchObject({ code: "RUNBOOK_CHANGED" });
  await expect(fileNow(workspace, run, "gone")).rejects.toMatchObject({
    code: "RUNBOOK_UNKNOWN",
    hint: expect.stringContaining("--runbook FILE"),
  });
  workspace.close();
});
