import { expect, test } from "vitest";
import { follow } from "../../src/runs/follow.ts";
import { append } from "../../src/runs/decisions.ts";
import { ana } from "../support/world-free.ts";
import { asks, started } from "./small-run.ts";

test("whoever follows looks at once, and again when something was added", async () => {
  const { workspace, run } = await started(asks);
  const seen: number[] = [];
  const over = follow(workspace.store, async () => {
    seen.push(workspace.store.log.events(run).length);
    return seen.length === 2 ? "over" : "more";
  });
  append(workspace, { run, type: "cancel.requested", actor: ana, data: { reason: "not needed" } });
  await over;
  expect(seen).toEqual([1, 2]);
  workspace.close();
});
