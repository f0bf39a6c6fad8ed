import { expect, test } from "vitest";
import { attend } from "../../src/runs/attend.ts";
import { prunedEvents } from "../../src/runs/pruned-run.ts";
import { prunable, prune } from "../../src/store/prune.ts";
import { ana } from "../support/world-free.ts";
import { alone, started } from "./small-run.ts";

test("of a pruned run its kinds of events are left, and who pruned it in words", async () => {
  const { workspace, run } = await started(`pause: wait(() => "1ms")`);
  await attend(workspace, run, alone());
  const { store } = workspace;
  expect(prunedEvents(store, run)).toBeNull();
  for (const family of prunable(store, new Date(Date.now() + 60_000)))
    prune(store, family, { actor: ana, reason: "retention" });
  const remains = prunedEvents(store, run) ?? [];
  expect(remains[0]).toMatchObject({ type: "run.started", what: null });
  expect(remains.at(-1)?.what).toContain("retention");
  workspace.close();
});
