// The same stories once more, with engines that drop their state after every turn and read it from the events.
import { expect, test } from "vitest";
import { z } from "zod";
import { drive } from "../../src/engine/drive.ts";
import { runbook } from "../../src/runbook/define.ts";
import { ana, bench } from "../support/world-free.ts";

test("an engine that restores asks for the stored events after every turn", async () => {
  const { wait, define } = runbook("waits", { title: "Waits", input: z.strictObject({}) });
  const { host, start } = bench(define({ wait: wait(() => "1ms") }));
  const calls: string[] = [];
  const counted = {
    ...host,
    load: (run: string) => {
      calls.push("load");
      return host.load(run);
    },
    commit: (turn: Parameters<typeof host.commit>[0]) => {
      calls.push("commit");
      return host.commit(turn);
    },
  };
  const options = { operator: ana, wait: false, patience: 60_000, resumed: null, restore: true };
  const stop = new AbortController().signal;
  await drive(counted, start({}), { ...options, stop, onEvents: () => {} });
  expect(calls).toEqual(["load", "commit", "load", "commit", "load"]);
});

// A file that this process has run already is known to it under its own name, and would not be run again.
process.env["RUNWRIGHT_RESTORE"] = "1";
for (const stories of ["drive", "stopping", "recover", "faults", "left"])
  await import(`./${stories}.test.ts?restored`);
