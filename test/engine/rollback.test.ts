import { cpSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { show } from "../../src/cli/commands/show.ts";
import { recordOf } from "../../src/cli/record/report-record.ts";
import { verifyStored } from "../../src/runs/verify.ts";
import { recompute } from "../../src/engine/recompute.ts";
import type { RunEvent } from "../../src/model/event.ts";
import { summarise } from "../../src/model/summary.ts";
import { runbook } from "../../src/runbook/define.ts";
import type { Runbook } from "../../src/runbook/types.ts";
import { writeReport } from "../../src/report/write.ts";
import { acceptRollback } from "../../src/store/rollback.ts";
import { createWorld, stepsOf } from "../support/external-world.ts";
import { catchIo } from "../support/read-io.ts";
import { answerOne } from "../support/mortal.ts";
import { temporary } from "../support/terraform.ts";
import { ana, bench, type Bench } from "../support/world-free.ts";

const nothing = z.strictObject({});

/** A gate, and behind it a write, a child run with one, and a write again. */
function made(world = createWorld(temporary("rollback"))) {
  const { act } = stepsOf(world);
  const child = runbook("inside", { title: "Inside", input: nothing });
  const inside = child.define({ act: child.step(act, () => ({ name: "inside" })) });
  const { step, gate, child: run, define } = runbook("outer", { title: "Outer", input: nothing });
  const outer = define({
    approve: gate(() => ({ title: "Act?", summary: "", risk: "low" })),
    act: step(act, () => ({ name: "act" })),
    inside: run(inside, () => ({})),
    after: step(act, () => ({ name: "after" })),
  });
  return { world, outer };
}

const approve = (at: Bench, run: string) => answerOne(at, run, () => ({ type: "approve", reason: "go" }));

/** Drives a run as far as its gate, copies the database, lets the run go on, and restores the copy. */
async function rolledBack(outer: Runbook, goOn: (at: Bench, run: string) => Promise<unknown>) {
  const before = bench(outer);
  const run = before.start({});
  await before.drive(run);
  before.host.store.close();
  const file = path.join(before.dir, "state.db");
  cpSync(file, `${file}.copy`);
  const lost = bench(outer, before.dir);
  approve(lost, run);
  lost.host.store.anchor.note(lost.host.store.log.head(), true);
  await goOn(lost, run);
  lost.host.store.close();
  cpSync(`${file}.copy`, file);
  const place = { file, anchors: path.join(before.dir, "anchors") };
  acceptRollback(place, { actor: ana, reason: "the disk is gone", now: () => new Date() });
  return { run, at: bench(outer, before.dir) };
}

function familyEvents({ host: { store } }: Bench, run: string): readonly RunEvent[] {
  return store.runTree(run).flatMap((row) => store.log.events(row.run));
}

test("what the lost part of a run has done is found in the world and not done again, in child runs neither", async () => {
  const { world, outer } = made();
  const { run, at } = await rolledBack(outer, (lost, id) => lost.drive(id, { resumed: "on" }));
  expect(world.effects()).toEqual(["act", "inside", "after"]);
  approve(at, run);
  expect(await at.drive(run, { resumed: "again" })).toEqual({ type: "ended", status: "succeeded" });
  expect(world.effects()).toEqual(["act", "inside", "after"]);
  const settled = familyEvents(at, run).filter(({ type }) => type === "step.reconciled");
  expect(settled.map(({ data }) => data)).toEqual([
    expect.objectContaining({ step: "act", verdict: "done", by: "probe" }),
    expect.objectContaining({ step: "after", verdict: "done", by: "probe" }),
    expect.objectContaining({ step: "act", verdict: "done", by: "probe" }),
  ]);
});

test("that it was not done a person has to say, once; then the rest is done once", async () => {
  const { world, outer } = made();
  const { run, at } = await rolledBack(outer, async () => {});
  approve(at, run);
  expect(await at.drive(run, { resumed: "again" })).toEqual({ type: "paused" });
  const [gate] = summarise(at.host.store.log.events(run)).gates;
  expect(gate).toMatchObject({ kind: "inDoubt", step: "act" });
  expect(gate?.shown["summary"]).toMatch(/^The record was rolled back: .* the world does not have it/);
  answerOne(at, run, () => ({ type: "choose", choice: "again", reason: "I have looked" }));
  expect(await at.drive(run, { resumed: "again" })).toEqual({ type: "ended", status: "succeeded" });
  expect(world.effects()).toEqual(["act", "inside", "after"]);
  // Its state follows from its events alone.
  const { log, snapshot } = at.host.store;
  expect(recompute({ events: log.events(run), snapshot: snapshot(run), runbookOf: () => outer })).toEqual([]);
});

test("where the world cannot tell, a person is asked before anything happens", async () => {
  const world = createWorld(temporary("rollback"));
  const { step, gate, define } = runbook("murky", { title: "Murky", input: nothing });
  const murky = define({
    approve: gate(() => ({ title: "Act?", summary: "", risk: "low" })),
    act: step(stepsOf(world).murky, () => ({ name: "murky" })),
  });
  const { run, at } = await rolledBack(murky, (lost, id) => lost.drive(id, { resumed: "on" }));
  approve(at, run);
  expect(await at.drive(run, { resumed: "again" })).toEqual({ type: "paused" });
  expect(world.effects()).toEqual(["murky"]);
  expect(summarise(at.host.store.log.events(run)).gates).toMatchObject([{ kind: "inDoubt", step: "act" }]);
});

test("the acceptance stands in the record of every run that goes on from what is left", async () => {
  const { outer } = made();
  const { run, at } = await rolledBack(outer, async () => {});
  const [event] = at.host.store.log.events(run).filter(({ type }) => type === "rollback.accepted");
  expect(event).toMatchObject({ actor: ana, data: { reason: "the disk is gone", unfinished: [run] } });
  const { checks } = await verifyStored(at.host.store, [run]);
  expect(checks).toContainEqual({
    name: "nothing of the log was given up",
    verdict: "unknown",
    detail: expect.stringMatching(/^ana accepted at .*: the disk is gone$/),
  });
  const record = await recordOf(at.host.store, run);
  expect(await writeReport(record)).toMatch(
    /\*\*The record was rolled back\*\*.* because: the disk is gone\. /,
  );
  const { io, globals, out } = catchIo(at.dir);
  await show({ run, step: undefined }, globals, io);
  expect(out()).toMatch(/Not in this record\n.* ana {2}ROLLBACK ACCEPTED: .*, because: the disk is gone/);
});
