import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import {
  openForReading,
  requireUnfinished,
  rowOf,
  runToResume,
  summaryOf,
  withRun,
} from "../../src/runs/find-run.ts";
import { startRun } from "../../src/runs/start.ts";
import { asks, placeWith, smallRun, started } from "./small-run.ts";

test("looking for a run creates no database", async () => {
  const place = placeWith(asks);
  expect(openForReading(place)).toBeUndefined();
  await expect(withRun(place, "R-AAAA", () => 1)).rejects.toThrowError(/there is no database/);
  expect(existsSync(path.join(place.cwd, "state.db"))).toBe(false);
});

test("a run is found as people type it, and one that is not there is named", async () => {
  const { place, workspace, run } = await started(asks);
  const { store } = workspace;
  expect(await withRun(place, run.slice(2).toLowerCase(), (_store, row) => row.run)).toBe(run);
  expect(rowOf(store, run.toLowerCase()).run).toBe(run);
  expect(summaryOf(store, run).run).toBe(run);
  expect(requireUnfinished(store, run).endedAt).toBeNull();
  expect(() => rowOf(store, "R-ZZZZ")).toThrowError(/There is no run R-ZZZZ/);
  expect(() => summaryOf(store, "R-ZZZZ")).toThrowError(/There is no run R-ZZZZ/);
  workspace.close();
});

test("without a name the only unfinished run is meant, and of several none", async () => {
  const { place, workspace, run } = await started(asks);
  expect(runToResume(workspace.store, null)).toBe(run);
  const other = await startRun(workspace, await smallRun(place));
  expect(() => runToResume(workspace.store, null)).toThrowError(
    new RegExp(`${other}.*${run}|${run}.*${other}`),
  );
  expect(runToResume(workspace.store, run)).toBe(run);
  workspace.close();
});
