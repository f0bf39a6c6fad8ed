import { chownSync } from "node:fs";
import { expect, test } from "vitest";
import { attend } from "../../src/runs/attend.ts";
import { replayCheck, replayDifferences } from "../../src/runs/replay-check.ts";
import { wholeNotes } from "../../src/runs/stored-record.ts";
import { verifyStored } from "../../src/runs/verify.ts";
import { alone, asks, started } from "./small-run.ts";

test("an honest run passes, and its events lead to what was stored", async () => {
  const { workspace, run } = await started(asks);
  await attend(workspace, run, alone());
  const { store, blobs } = workspace;
  const { checks, events } = await verifyStored(store, [run]);
  expect(events).toBe(store.log.events(run).length);
  expect(checks.filter(({ verdict }) => verdict === "fail")).toEqual([]);
  expect(await replayDifferences({ store, blobs }, [store.log.events(run)])).toEqual({
    type: "compared",
    differences: [],
  });
  expect(wholeNotes(store).split("\n").filter(Boolean).length).toBeGreaterThan(0);
  workspace.close();
});

test("an event that its runbook's machine does not come to fails the replay", async () => {
  const { workspace, run } = await started(asks);
  await attend(workspace, run, alone());
  const { store, blobs } = workspace;
  const told = store.log
    .events(run)
    .map((event) =>
      event.type === "gate.opened" ? { ...event, data: { ...event.data, title: "Something else" } } : event,
    );
  expect(await replayCheck({ store, blobs }, { runs: [told], own: [] })).toMatchObject({ verdict: "fail" });
  workspace.close();
});

test("another account's record is verified without its runbook, unless that is asked for", async () => {
  const { workspace, run } = await started(asks);
  await attend(workspace, run, alone());
  const { store } = workspace;
  const last = async (replay?: boolean) => (await verifyStored(store, [run], { replay })).checks.at(-1);
  expect(await last()).toMatchObject({ verdict: "pass" });
  const said = await last(false);
  expect(said).toMatchObject({ verdict: "unknown", detail: "not made: `--no-replay` was said" });
  if (process.geteuid?.() === 0) {
    chownSync(store.file, 12_345, 12_345);
    expect(await last()).toMatchObject({
      verdict: "unknown",
      detail: "not made: the record is another account's, and its runbook is run only with `--replay`",
    });
    expect(await last(true)).toMatchObject({ verdict: "pass" });
  }
  workspace.close();
});

test("what the record itself shows is handed on before any of its code runs", async () => {
  const { workspace, run } = await started(asks);
  await attend(workspace, run, alone());
  const { store, blobs } = workspace;
  const order: string[] = [];
  const noted = { ...blobs, get: (digest: string) => (order.push("text"), blobs.get(digest)) };
  const { checks } = await verifyStored(store, [run], {
    blobs: noted,
    onRecord: (found) => {
      order.length = 0;
      order.push(`${found.checks.length} checks`);
    },
  });
  expect(order).toEqual([`${checks.length - 1} checks`, "text"]);
  workspace.close();
});
