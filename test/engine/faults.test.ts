import { expect, test } from "vitest";
import { z } from "zod";
import { summarise } from "../../src/model/summary.ts";
import { runbook } from "../../src/runbook/define.ts";
import type { FollowUp, Runbook } from "../../src/runbook/types.ts";
import { createWorld, stepsOf } from "../support/external-world.ts";
import { temporary } from "../support/terraform.ts";
import { ana, bench } from "../support/world-free.ts";

const nothing = z.strictObject({});
const { look, act } = stepsOf(createWorld(temporary("faults")));

function throwing(): never {
  throw new Error("the runbook is wrong");
}

test("a parked run keeps its results, and a mended runbook goes on from there", async () => {
  let isMended = false;
  const { step, define } = runbook("mends", { title: "Mends", input: nothing });
  const make = (): Runbook =>
    define({ look: step(look, () => ({})), act: step(act, () => (isMended ? { name: "x" } : throwing())) });
  const { dir, start, drive, types } = bench(make());
  const run = start({});
  expect(await drive(run)).toMatchObject({ type: "faulted" });
  expect(await drive(run, { resumed: "as it was" })).toMatchObject({ type: "faulted" });
  isMended = true;
  expect(await bench(make(), dir).drive(run, { resumed: "mended" })).toEqual({
    type: "ended",
    status: "succeeded",
  });
  expect(types(run)).toEqual([
    "run.started",
    "step.started",
    "step.succeeded",
    "run.faulted",
    "run.resumed",
    "run.resumed",
    "step.started",
    "step.succeeded",
    "run.succeeded",
  ]);
});

test("a parked run can be cancelled", async () => {
  const { step, define } = runbook("parked", { title: "Parked", input: nothing });
  const { start, drive, host } = bench(define({ look: step(look, () => ({})), act: step(act, throwing) }));
  const run = start({});
  expect(await drive(run)).toMatchObject({ type: "faulted" });
  const draft = { run, type: "cancel.requested", actor: ana, data: { reason: "give up" } } as const;
  host.store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
  expect(await drive(run, { resumed: "cancel" })).toEqual({ type: "ended", status: "cancelled" });
});

test("a child runbook that cannot begin parks its parent, which a mended one takes on", async () => {
  let isMended = false;
  const inner = runbook("inner", { title: "Inner", input: nothing });
  const outer = runbook("outer", { title: "Outer", input: nothing });
  const child = inner.define({ act: inner.step(act, () => (isMended ? { name: "x" } : throwing())) });
  const { start, drive, host, types } = bench(outer.define({ inside: outer.child(child, () => ({})) }));
  const run = start({});
  expect(await drive(run)).toMatchObject({ type: "faulted" });
  expect(summarise(host.store.log.events(run)).fault?.message).toContain("the runbook is wrong");
  isMended = true;
  expect(await drive(run, { resumed: "mended" })).toEqual({ type: "ended", status: "succeeded" });
  expect(types(run)).not.toContain("run.migrated");
});

test.each<readonly [string, () => readonly FollowUp[]]>([
  ["throw", throwing],
  ["have no proper date", () => [{ id: "a", title: "A", owner: "ana", due: "soon" as never }]],
])("follow-ups that %s park the run before it ends", async (_what, followUps) => {
  let isMended = false;
  const { step, define } = runbook("follows", { title: "Follows", input: nothing });
  const states = { look: step(look, () => ({})) };
  const made = define(states, { followUps: () => (isMended ? [] : followUps()) });
  const { start, drive } = bench(made);
  const run = start({});
  expect(await drive(run)).toMatchObject({ type: "faulted" });
  isMended = true;
  expect(await drive(run, { resumed: "mended" })).toEqual({ type: "ended", status: "succeeded" });
});

test("findings that throw park the run after the output is kept", async () => {
  const { step, define } = runbook("finds", { title: "Finds", input: nothing });
  const { start, drive, types } = bench(define({ look: step(look, () => ({}), { findings: throwing }) }));
  const run = start({});
  expect(await drive(run)).toMatchObject({ type: "faulted" });
  expect(types(run)).toEqual(["run.started", "step.started", "step.succeeded", "run.faulted"]);
});

test("a criterion that throws is unknown, and the run has not succeeded", async () => {
  const { step, define } = runbook("judges", { title: "Judges", input: nothing });
  const made = define(
    { look: step(look, () => ({})) },
    { criteria: { seen: { title: "it was seen", step: "look", passes: throwing } } },
  );
  const { start, drive, host } = bench(made);
  const run = start({});
  expect(await drive(run)).toEqual({ type: "ended", status: "failed" });
  expect(summarise(host.store.log.events(run)).criteria).toMatchObject([{ id: "seen", verdict: "unknown" }]);
});
