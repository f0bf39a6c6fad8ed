import { expect, test } from "vitest";
import { isTrue, numberAt, objectsAt, objectsOf, textAt, textsAt } from "../../src/model/json-read.ts";

const stored = { name: "redis", port: 6379, open: true, list: ["a", 1, { key: "b" }, null] };

test("what a record holds is read by its kind", () => {
  expect([textAt(stored, "name"), numberAt(stored, "port"), isTrue(stored, "open")]).toEqual([
    "redis",
    6379,
    true,
  ]);
  expect(textsAt(stored, "list")).toEqual(["a"]);
  expect(objectsOf(stored.list)).toEqual([{ key: "b" }]);
  expect(objectsAt(stored, "list")).toEqual([{}, {}, { key: "b" }, {}]);
});

test("what a record does not hold, or holds otherwise, is empty and never an error", () => {
  for (const value of [null, "text", 7, ["name"], {}, { name: 1, port: "6379", open: "true", list: {} }]) {
    expect([textAt(value, "name"), numberAt(value, "port"), isTrue(value, "open")]).toEqual([
      "",
      null,
      false,
    ]);
    expect([textsAt(value, "list"), objectsAt(value, "list")]).toEqual([[], []]);
  }
});
