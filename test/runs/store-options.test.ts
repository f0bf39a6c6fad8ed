import path from "node:path";
import { expect, test } from "vitest";
import { thisProcess } from "../../src/process/identity.ts";
import { databaseFile, storeOptions } from "../../src/runs/store-options.ts";
import { asks, placeWith } from "./small-run.ts";

test("the database lies where it is named, and its anchors elsewhere", () => {
  const place = placeWith(asks);
  expect(databaseFile(place)).toBe(path.join(place.cwd, "state.db"));
  expect(databaseFile({ db: "/srv/state.db", cwd: place.cwd })).toBe("/srv/state.db");
  expect(storeOptions(place).anchors).toBe(path.join(place.cwd, "state-home", "runwright", "anchors"));
});

test("a process of another host counts as alive: nothing is known of it", () => {
  const own = thisProcess();
  const { isAlive } = storeOptions(placeWith(asks));
  expect(isAlive(own)).toBe(true);
  expect(isAlive({ ...own, start: "another" })).toBe(false);
  expect(isAlive({ ...own, start: "another", host: "elsewhere" })).toBe(true);
});
