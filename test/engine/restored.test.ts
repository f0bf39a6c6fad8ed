// The same stories once more, with engines that drop their state after every turn and read it from the events.
import { readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { drive } from "../../src/engine/drive.ts";
import { runbook } from "../../src/runbook/define.ts";
import { fromEvents, restoreAll } from "../support/restoring.ts";
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
  const run = start({});
  const options = { operator: ana, wait: false, patience: 60_000, resumed: null };
  const stop = new AbortController().signal;
  await drive(counted, run, { ...options, carryOver: fromEvents(counted, run), stop, onEvents: () => {} });
  expect(calls).toEqual(["load", "commit", "load", "commit", "load"]);
});

beforeAll(() => restoreAll(true));
afterAll(() => restoreAll(false));

const stories = readdirSync(import.meta.dirname).filter((name) => /(?<!restored)\.test\.ts$/.test(name));
// A file that this process has run already is known to it under its own name, and would not be run again.
for (const name of stories) await import(`./${name.slice(0, -".test.ts".length)}.test.ts?restored`);
