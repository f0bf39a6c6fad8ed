// What is open where a run no longer stands: another branch has led it away, or it was cancelled and cleans up.
import { expect, test } from "vitest";
import { z } from "zod";
import { decide, type Decision } from "../../src/engine/decide.ts";
import { defineStep } from "../../src/model/step.ts";
import { runbook } from "../../src/runbook/define.ts";
import { ana, bench, type Bench } from "../support/world-free.ts";

const nothing = z.strictObject({});
const common = { risk: "low", timeout: "10s", input: nothing, output: nothing, describe: () => "" } as const;
const look = defineStep({ ...common, kind: "test.look", effect: "read", run: async () => ({}) });
const fail = defineStep({
  ...common,
  kind: "test.fail",
  effect: "read",
  run: () => Promise.reject(new Error("It fails.")),
});
/** A write whose answer is lost, and of which nobody can tell what became. */
const lose = defineStep({
  ...common,
  kind: "test.lose",
  effect: "write",
  binds: { nothing: "there is only one" },
  run: () => Promise.reject(new Error("The line is dead.")),
  probe: async () => ({ verdict: "unknown", why: "nobody knows" }),
});

const { step, gate, parallel, define } = runbook("left", { title: "Left", input: nothing });
const none = () => ({});
const branches = define({ both: parallel({ lost: step(lose, none), bad: step(fail, none) }) });
const tidying = define({
  go: gate(() => ({ title: "Go?", summary: "", risk: "low" }), { onCancel: "tidy" }),
  never: step(look, none, { next: "succeeded" }),
  tidy: step(look, none, { next: "cancelled" }),
});

function store({ host }: Bench, draft: Parameters<Bench["host"]["store"]["log"]["append"]>[0]["drafts"][0]) {
  host.store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
}

function answer(on: Bench, run: string, [asked, decision]: readonly [string, Decision]): void {
  const deciding = { run, gate: asked, digest: null, decision, actor: ana };
  store(on, decide(on.host.store.log.events(run), deciding, new Date()));
}

const choose = (choice: string): Decision => ({ type: "choose", choice, reason: "enough", output: {} });

test("a write in doubt that another branch leads away from stays unknown, and the run ends", async () => {
  const on = bench(branches);
  const run = on.start({});
  expect(await on.drive(run)).toEqual({ type: "paused" });
  answer(on, run, ["bad.decide", choose("cancel")]);
  expect(await on.drive(run)).toEqual({ type: "ended", status: "cancelled" });
  expect(on.types(run).slice(-4)).toEqual([
    "decision.made",
    "gate.closed",
    "step.cancelled",
    "run.cancelled",
  ]);
  expect(on.events.findLast(({ type }) => type === "step.cancelled")?.data).toMatchObject({
    step: "lost",
    reason: "it is no longer wanted; what became of this attempt is not known",
  });
});

test("an answer to what another branch has led away from is kept, and nothing comes of it", async () => {
  const on = bench(branches);
  const run = on.start({});
  await on.drive(run);
  answer(on, run, ["bad.decide", choose("cancel")]);
  answer(on, run, ["lost", choose("done")]);
  expect(await on.drive(run)).toEqual({ type: "ended", status: "cancelled" });
  expect(on.types(run)).not.toContain("step.succeeded");
});

test.each([
  ["an approval", { type: "approve", reason: "" }],
  ["a rejection", { type: "reject", reason: "no" }],
] as const)("%s after a cancel that cleans up moves nothing", async (_what, decision) => {
  const on = bench(tidying);
  const run = on.start({});
  await on.drive(run);
  store(on, { run, type: "cancel.requested", actor: ana, data: { reason: "enough" } });
  answer(on, run, ["go", decision]);
  expect(await on.drive(run)).toEqual({ type: "ended", status: "cancelled" });
  const started = on.host.store.log.events(run).filter(({ type }) => type === "step.started");
  expect(started.map(({ data }) => data)).toMatchObject([{ step: "tidy" }]);
  expect(on.types(run)).not.toContain("approval.used");
});
