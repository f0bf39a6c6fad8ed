import { expect, test } from "vitest";
import { Abort } from "../../src/model/abort.ts";

test("whoever follows an abort is told once, and whoever comes later at once", () => {
  const abort = new Abort();
  const told: unknown[] = [];
  abort.onAbort((reason) => told.push(["first", reason]));
  abort.onAbort((reason) => told.push(["second", reason]));
  expect([abort.aborted, abort.reason, told]).toEqual([false, undefined, []]);
  abort.abort("enough");
  abort.abort("too late");
  abort.onAbort((reason) => told.push(["third", reason]));
  expect([abort.aborted, abort.reason]).toEqual([true, "enough"]);
  expect(told).toEqual([
    ["first", "enough"],
    ["second", "enough"],
    ["third", "enough"],
  ]);
});

test("its signal is aborted with it, whether it was asked for before or after", () => {
  const [before, after] = [new Abort(), new Abort()];
  const { signal } = before;
  expect([signal.aborted, before.signal === signal]).toEqual([false, true]);
  for (const abort of [before, after]) abort.abort("enough");
  expect([signal.aborted, signal.reason]).toEqual([true, "enough"]);
  expect([after.signal.aborted, after.signal.reason]).toEqual([true, "enough"]);
});
