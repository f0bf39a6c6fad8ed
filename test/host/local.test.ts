import { existsSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { defineStep } from "../../src/model/step.ts";
import { runbook } from "../../src/runbook/define.ts";
import { ana, bench } from "../support/world-free.ts";

const nothing = z.strictObject({});
const { step, gate, define } = runbook("plans", { title: "Plans", input: nothing });

/** As a saved plan does, its file holds a secret; its command leaves a record of a process. */
const plan = defineStep({
  kind: "test.plan",
  effect: "read",
  risk: "none",
  timeout: "10s",
  input: nothing,
  output: z.strictObject({ dir: z.string() }),
  describe: () => "plan",
  run: async (_input, ctx) => {
    writeFileSync(path.join(ctx.dir, "plan"), "in clear text");
    await ctx.exec({ name: "plan", file: process.execPath, args: ["-e", "0"], cwd: ctx.dir });
    return { dir: ctx.dir };
  },
});

test("a run keeps its own files while it rests, and nothing of them outlives it", async () => {
  const made = bench(
    define({
      plan: step(plan, () => ({})),
      approve: gate(() => ({ title: "Apply?", summary: "", risk: "low" })),
    }),
  );
  const run = made.start({});
  const own = ["files", "children"].map((kind) => path.join(made.dir, ".runwright", kind, run));
  expect(await made.drive(run)).toEqual({ type: "paused" });
  expect(own.map((dir) => readdirSync(dir).length)).toEqual([1, 1]);
  const cancel = { run, type: "cancel.requested", actor: ana, data: { reason: "enough" } } as const;
  made.host.store.log.append({ drafts: [cancel], seen: new Map(), snapshots: new Map() }, null);
  expect(await made.drive(run)).toEqual({ type: "ended", status: "cancelled" });
  expect(own.map((dir) => existsSync(dir))).toEqual([false, false]);
});
