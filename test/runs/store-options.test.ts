import path from "node:path";
import { expect, test } from "vitest";
import { thisProcess } from "../../src/process/identity.ts";
import { databaseFile, isOwnerAlive, storeOptions } from "../../src/runs/store-options.ts";
import { asks, placeWith } from "./small-run.ts";

test("the database lies where it is named, and its anchors elsewhere", () => {
  const place = placeWith(asks);
  expect(databaseFile(place)).toBe(path.join(place.cwd, "state.db"));
  expect(databaseFile({ db: "/srv/state.db", cwd: place.cwd })).toBe("/srv/state.db");
  expect(storeOptions(place).anchors).toBe(path.join(place.cwd, "state-home", "runwright", "anchors"));
});

test("a process of another host counts as alive: nothing is known of it", () => {
  const own = thisProcess();
  expect(isOwnerAlive(own)).toBe(true);
  expect(isOwnerAlive({ ...own, start: "another" })).toBe(false);
  expect(isOwnerAlive({ ...own, start: "another", host: "elsewhere" })).toBe(true);
});
