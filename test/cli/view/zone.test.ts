import { afterEach, expect, test } from "vitest";
import { localZone, utcZone } from "../../../src/cli/view/zone.ts";

const before = process.env["TZ"];

afterEach(() => {
  if (before === undefined) delete process.env["TZ"];
  else process.env["TZ"] = before;
});

const at = "2025-10-07T23:51:04.000Z";

test.each([
  ["Europe/Berlin", "Europe/Berlin, UTC+2", "2025-10-08", "01:51:04"],
  ["America/St_Johns", "America/St_Johns, UTC-2:30", "2025-10-07", "21:21:04"],
  ["Australia/Adelaide", "Australia/Adelaide, UTC+10:30", "2025-10-08", "10:21:04"],
])("in %s a moment has the day and the time of that place", (zone, name, day, time) => {
  process.env["TZ"] = zone;
  const local = localZone(at);
  expect([local.name, local.day(at), local.time(at)]).toEqual([name, day, time]);
});

test("the distance from UTC is that of the moment and not of today", () => {
  process.env["TZ"] = "Europe/Berlin";
  expect(localZone("2025-12-07T12:00:00.000Z").name).toBe("Europe/Berlin, UTC+1");
});

test("without a wish the record's own UTC is shown", () => {
  expect([utcZone.name, utcZone.day(at), utcZone.time(at)]).toEqual(["UTC", "2025-10-07", "23:51:04"]);
});
