import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { readAside } from "../../src/runs/dry-run.ts";
import { asks, placeWith, smallRun } from "./small-run.ts";

test("a run is read up to its first gate, and nothing of it stays", async () => {
  const place = placeWith(asks);
  const events = await readAside(await smallRun(place), place);
  expect(events.map(({ type }) => type)).toEqual(["run.started", "gate.opened"]);
  expect(existsSync(path.join(place.cwd, "state.db"))).toBe(false);
});
