import { expect, test } from "vitest";
import { openRuns } from "../../src/runs/open-runs.ts";
import { writeSmall } from "../support/runbook-files.ts";
import { ana } from "../support/world-free.ts";
import { asks, placeWith } from "./small-run.ts";

const approve = { type: "approve", reason: "seen" } as const;
const start = { runbook: "small", input: {}, by: ana };

test("a run is started, driven to its gate, answered, driven to its end, verified and signed", async () => {
  const runs = openRuns(placeWith(asks));
  const run = await runs.start(start);
  expect(run.events().map(({ type }) => type)).toEqual(["run.started"]);
  const seen: string[] = [];
  const onEvents = (events: readonly { readonly type: string }[]): void =>
    void seen.push(...events.map(({ type }) => type));
  expect(await run.drive({ by: ana, onEvents })).toEqual({ type: "paused" });
  expect(seen).toEqual(["run.started", "gate.opened"]);
  expect(runs.unfinished().map(({ id }) => id)).toEqual([run.id]);
  const [open] = run.status().gates;
  const { gate = "", digest = "" } = open?.gate ?? {};
  await expect(
    run.answer({ gate, digest: "0".repeat(64), decision: approve, by: ana }),
  ).rejects.toMatchObject({
    code: "GATE_CHANGED",
  });
  expect(await run.answer({ gate, digest, decision: approve, by: ana })).toMatchObject({
    type: "approval.granted",
  });
  expect(await runs.find(run.id).drive({ by: ana })).toEqual({ type: "ended", status: "succeeded" });
  expect(run.status()).toMatchObject({ state: "succeeded", gates: [], engine: null });
  expect(runs.unfinished()).toEqual([]);
  const { checks, head } = await run.verify();
  expect(checks.filter(({ verdict }) => verdict === "fail")).toEqual([]);
  const signed = await run.signOff({ sha: head?.hash ?? "", reason: "read", by: ana });
  expect(signed).toMatchObject({ type: "record.signedOff", actor: ana });
  expect((await runs.verify()).checks.filter(({ verdict }) => verdict === "fail")).toEqual([]);
  runs.close();
});

test("`ask` answers gates in the name of whoever drives", async () => {
  const runs = openRuns(placeWith(asks));
  const run = await runs.start(start);
  expect(await run.drive({ by: ana, ask: async () => approve })).toEqual({
    type: "ended",
    status: "succeeded",
  });
  expect(run.events().find(({ type }) => type === "approval.granted")).toMatchObject({ actor: ana });
  runs.close();
});

test("a run that is waited for goes on when it is answered meanwhile", async () => {
  const runs = openRuns(placeWith(asks));
  const run = await runs.start(start);
  const end = run.drive({ by: ana, wait: true });
  await expect.poll(() => run.status().gates.length).toBe(1);
  await run.answer({
    gate: null,
    digest: run.status().gates[0]?.gate.digest ?? "",
    decision: approve,
    by: ana,
  });
  expect(await end).toEqual({ type: "ended", status: "succeeded" });
  runs.close();
});

test("a run is cancelled by whoever drives it next, and an ended one is driven no more", async () => {
  const runs = openRuns(placeWith(asks));
  const run = await runs.start(start);
  await run.drive({ by: ana });
  run.cancel({ reason: "not needed", by: ana });
  expect(await run.drive({ by: ana })).toEqual({ type: "ended", status: "cancelled" });
  expect(() => run.cancel({ reason: "again", by: ana })).toThrowError(/has already cancelled/);
  await expect(run.drive({ by: ana })).rejects.toMatchObject({ code: "RUN_ENDED" });
  runs.close();
});

test("an approval is taken back, and a run moves to the file as it is now", async () => {
  const place = placeWith(asks);
  const runs = openRuns(place);
  const run = await runs.start(start);
  await run.drive({ by: ana });
  await run.answer({
    gate: null,
    digest: run.status().gates[0]?.gate.digest ?? "",
    decision: approve,
    by: ana,
  });
  expect(run.revoke({ gate: null, reason: "too early", by: ana })).toMatchObject({
    type: "approval.revoked",
  });
  writeSmall(place.cwd, `${asks}, pause: wait(() => "1ms")`);
  await run.migrate({ by: ana });
  expect(run.events().at(-1)).toMatchObject({ type: "run.migrated" });
  writeSmall(place.cwd, `other: wait(() => "1ms")`);
  await expect(run.migrate({ by: ana })).rejects.toMatchObject({ code: "RUNBOOK_CHANGED" });
  runs.close();
});

test("what cannot be started or found says why", async () => {
  const runs = openRuns(placeWith(asks));
  await expect(runs.start({ ...start, runbook: "none" })).rejects.toMatchObject({ code: "RUNBOOK_UNKNOWN" });
  await expect(runs.start({ ...start, input: { url: "x" } })).rejects.toMatchObject({
    code: "INPUT_MALFORMED",
  });
  expect(() => runs.find("R-ZZZZ")).toThrowError(/There is no run R-ZZZZ/);
  runs.close();
});
