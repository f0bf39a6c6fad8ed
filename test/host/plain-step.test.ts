import { expect, test } from "vitest";
import { z } from "zod";
import { defineStep } from "../../src/model/step.ts";
import { runbook } from "../../src/runbook/define.ts";
import { bench } from "../support/world-free.ts";

const nothing = z.strictObject({});

test.each([
  ["returns no promise", () => ({}), "succeeded"],
  [
    "throws before it has returned one",
    () => {
      throw new Error("oops");
    },
    "failed",
  ],
])("a step that %s ends as any other does", async (_what, does, status) => {
  const plain = defineStep({
    kind: "test.plain",
    effect: "read",
    risk: "none",
    timeout: "5s",
    input: nothing,
    output: nothing,
    describe: () => "do it",
    run: does as never,
  });
  const { step, define } = runbook("plain", { title: "Plain", input: nothing });
  const { start, drive } = bench(define({ plain: step(plain, () => ({}), { onFailure: "failed" }) }));
  expect(await drive(start({}))).toEqual({ type: "ended", status });
});
