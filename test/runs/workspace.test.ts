import { expect, test } from "vitest";
import { attend } from "../../src/runs/attend.ts";
import { openWorkspace } from "../../src/runs/workspace.ts";
import { startRun } from "../../src/runs/start.ts";
import { alone, asks, placeWith, smallRun } from "./small-run.ts";

test("two runs of one workspace are driven at once, each under its own lease", async () => {
  const place = placeWith(asks);
  const workspace = openWorkspace(place);
  const runs = [
    await startRun(workspace, await smallRun(place)),
    await startRun(workspace, await smallRun(place)),
  ];
  const ends = await Promise.all(runs.map((run) => attend(workspace, run, alone())));
  expect(ends).toEqual([{ type: "paused" }, { type: "paused" }]);
  for (const run of runs)
    expect(workspace.store.log.events(run).map(({ type }) => type)).toContain("lease.acquired");
  workspace.close();
});

test("credentials of the environment are secrets from the start", () => {
  const place = placeWith(asks, { AWS_SECRET_ACCESS_KEY: "x".repeat(40), AWS_SESSION_TOKEN: "testing" });
  const workspace = openWorkspace(place);
  expect(workspace.redactor.text(`is ${"x".repeat(40)}`)).not.toContain("xxxx");
  // A made-up word would be blotted out wherever it is used.
  expect(workspace.redactor.text("testing")).toBe("testing");
  workspace.close();
});

test("a runbook's text is kept for runs that are pinned to it", async () => {
  const place = placeWith(asks);
  const workspace = openWorkspace(place);
  const { loaded } = await smallRun(place);
  await workspace.keep(loaded);
  const { id, title } = loaded.runbook;
  expect(await workspace.pinned({ id, title, source: loaded.source })).toMatchObject({ id: "small" });
  workspace.close();
});
