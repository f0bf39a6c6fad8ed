import { expect, test } from "vitest";
import { attend } from "../../src/runs/attend.ts";
import { notReplayed, replayCheck } from "../../src/runs/replay-check.ts";
import { alone, asks, started } from "./small-run.ts";

async function driven() {
  const { workspace, run } = await started(asks);
  await attend(workspace, run, alone());
  const { store, blobs } = workspace;
  const events = store.log.events(run);
  const own = events.map((event) => ({ seq: event.seq, run, type: event.type, event }));
  return { store, blobs, events, own, run, close: workspace.close };
}

test("what the machine comes to again passes, with how many events were looked at", async () => {
  const { store, blobs, events, own, close } = await driven();
  const check = await replayCheck({ store, blobs }, { runs: [events], own });
  expect(check).toMatchObject({ verdict: "pass", detail: `${events.length} events` });
  close();
});

test("an event that its runbook's machine does not come to fails the replay, and is named", async () => {
  const { store, blobs, events, own, run, close } = await driven();
  const told = events.map((event) =>
    event.type === "gate.opened" ? { ...event, data: { ...event.data, title: "Something else" } } : event,
  );
  const { verdict, detail } = await replayCheck({ store, blobs }, { runs: [told], own });
  const { rseq } = events.find(({ type }) => type === "gate.opened") ?? {};
  expect([verdict, detail.startsWith(`${run}#${rseq} `)]).toEqual(["fail", true]);
  close();
});

test("a runbook whose text is gone fails the replay with a reason, not the whole verification", async () => {
  const { store, events, own, close } = await driven();
  const get = async (): Promise<never> => {
    throw new Error("no such blob");
  };
  const check = await replayCheck({ store, blobs: { get } }, { runs: [events], own });
  expect(check).toMatchObject({ verdict: "fail", detail: "no such blob" });
  close();
});

test("where data is withheld nothing is replayed, and nothing passes", async () => {
  const { store, blobs, events, own, close } = await driven();
  const withheld = own.map((one, index) => (index === 1 ? { ...one, event: null } : one));
  const check = await replayCheck({ store, blobs }, { runs: [events], own: withheld });
  expect(check).toEqual(notReplayed("some data is withheld"));
  expect(check.verdict).toBe("unknown");
  close();
});
