import { expect, test } from "vitest";
import { z } from "zod";
import { runbook } from "../../src/runbook/define.ts";
import { bench } from "../support/world-free.ts";

test("a gate that expires while the engine waits for an answer is opened anew, however little it waits for timers", async () => {
  const { gate, define } = runbook("asks", { title: "Asks", input: z.strictObject({}) });
  const asking = define({ ask: gate(() => ({ title: "Go?", summary: "", risk: "low", expires: "50ms" })) });
  const { start, drive, types } = bench(asking);
  const run = start({});
  const stop = new AbortController();
  let opened = 0;
  const end = await drive(run, {
    wait: true,
    patience: 0,
    stop: stop.signal,
    onEvents: (events) => {
      opened += events.filter(({ type }) => type === "gate.opened").length;
      if (opened === 2) stop.abort(new Error("enough"));
    },
  });
  expect(end).toEqual({ type: "interrupted" });
  expect(types(run)).toEqual(["run.started", "gate.opened", "gate.closed", "gate.opened", "run.interrupted"]);
});
