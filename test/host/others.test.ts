import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { runbook } from "../../src/runbook/define.ts";
import { ana, bench } from "../support/world-free.ts";

// No look at the log comes by itself.
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

const { gate, define } = runbook("ask", { title: "Ask", input: z.strictObject({}) });
const ask = define({ go: gate(() => ({ title: "Go on?", summary: "", risk: "low" })) });

test("what this process adds is seen at once by whoever waits for others' events", async () => {
  const { host, start } = bench(ask);
  const run = start({});
  const news = host.watchForeignEvents(new Map([[run, 1]]), new AbortController().signal);
  const cancel = { run, type: "cancel.requested", actor: ana, data: { reason: "enough" } } as const;
  host.store.log.append({ drafts: [cancel], seen: new Map(), snapshots: new Map() }, null);
  host.notice();
  expect((await news).map(({ type }) => type)).toEqual(["cancel.requested"]);
});

test("whoever waits is let go when nobody wants to know any more", async () => {
  const { host, start } = bench(ask);
  const stop = new AbortController();
  const news = host.watchForeignEvents(new Map([[start({}), 1]]), stop.signal);
  stop.abort(new Error("enough"));
  await Promise.all([vi.advanceTimersByTimeAsync(100), expect(news).rejects.toThrow("enough")]);
});
