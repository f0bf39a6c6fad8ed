import { mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { evaluate } from "../../src/loader/evaluate.ts";
import { decide } from "../../src/engine/decide.ts";
import { sha256 } from "../../src/model/json.ts";
import { ana, bench, type Bench } from "./world-free.ts";

/** A runbook as a run keeps it: one text. A plan is shown, approved and applied, after a child run has looked. */
const text = `
const { runbook, defineStep } = require("runwright");
const { z } = require("zod");
const common = { risk: "low", timeout: "5s", output: z.strictObject({ sha256: z.string() }) };
const digest = "ab".repeat(32);
const plan = defineStep({
  ...common, kind: "test.plan", effect: "read", input: z.strictObject({ text: z.string() }),
  describe: () => "plan it",
  run: async ({ text }, ctx) => { ctx.evidence("plan.txt", Buffer.from(text)); return { sha256: digest }; },
});
const apply = defineStep({
  ...common, kind: "terraform.apply", effect: "write", input: z.strictObject({ sha256: z.string() }),
  binds: ({ sha256 }) => ({ plan: sha256 }),
  describe: () => "apply it",
  run: async ({ sha256 }, ctx) => { ctx.evidence("apply.txt", Buffer.from("applied")); return { sha256 }; },
  probe: async () => ({ verdict: "unknown", why: "nobody knows" }),
});
const Input = z.strictObject({ text: z.string() });
const inner = runbook("inner", { title: "Look", input: Input });
const child = inner.define({ look: inner.step(plan, ({ input }) => input) });
const outer = runbook("outer", { title: "Plan and apply", input: Input });
exports.default = outer.define({
  look: outer.child(child, ({ input }) => input),
  plan: outer.step(plan, ({ input }) => input),
  approve: outer.gate(({ get }) => ({
    title: "Apply this plan?", summary: "1 to add", risk: "high", subject: { plan: get(plan, "plan").sha256 },
  })),
  apply: outer.step(apply, ({ get }) => ({ sha256: get(plan, "plan").sha256 })),
});
`;

export interface Audited extends Bench {
  readonly run: string;
  /** Another run of the same log, which has not ended. */
  readonly otherRun: string;
}

/** A database with one run that has ended, and another one's events between its own. */
export async function auditedRun(note = "looks right"): Promise<Audited> {
  const runbook = await evaluate(text, "outer.js");
  const made = bench(runbook);
  await made.host.blobs.put(Buffer.from(text));
  const [run, other] = [made.host.ids.run(), made.host.ids.run()];
  for (const one of [run, other]) await begin(made, one, runbook.steps);
  await made.drive(run);
  approve(made, run, note);
  await made.drive(run, { resumed: "again" });
  // Where a command with this as XDG_STATE_HOME looks for anchors and keys.
  mkdirSync(path.join(made.dir, "home"));
  symlinkSync(made.dir, path.join(made.dir, "home", "runwright"));
  return { ...made, run, otherRun: other };
}

async function begin({ host }: Bench, run: string, steps: readonly { step: string; title: string }[]) {
  const data = {
    runbook: { id: "outer", title: "Plan and apply", source: sha256(text) },
    input: { text: `what ${run} planned` },
    target: null,
    identity: null,
    tools: {},
    parent: null,
    steps,
    criteria: [],
  };
  await host.commit({
    drafts: [{ run, type: "run.started", actor: ana, data }],
    seen: new Map(),
    snapshots: new Map(),
  });
}

function approve({ host }: Bench, run: string, reason: string): void {
  const deciding = {
    run,
    gate: null,
    digest: null,
    actor: ana,
    decision: { type: "approve", reason },
  } as const;
  const draft = decide(host.store.log.events(run), deciding, new Date());
  void host.commit({ drafts: [draft], seen: new Map(), snapshots: new Map() });
}
