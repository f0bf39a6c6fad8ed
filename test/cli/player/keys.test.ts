import { expect, test } from "vitest";
import { createKeyReader } from "../../../src/cli/player/keys.ts";

test("keys are commands, and a number is taken at its Enter", () => {
  const { read, typing } = createKeyReader();
  expect(read(" n")).toEqual([{ type: "pause" }, { type: "next" }]);
  expect(read("g1")).toEqual([]);
  expect(typing()).toBe("1");
  expect(read("2\r")).toEqual([{ type: "jump", to: 12 }]);
  expect(typing()).toBeNull();
  expect(read("\u0003")).toEqual([{ type: "quit" }]);
});

test("any other key lets go of a number, and no number goes nowhere", () => {
  const { read, typing } = createKeyReader();
  expect(read("g1x")).toEqual([]);
  expect(typing()).toBeNull();
  expect(read("2\r")).toEqual([]);
  expect(read("g\r")).toEqual([]);
});
