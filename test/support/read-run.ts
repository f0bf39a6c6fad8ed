import { decide, type Decision } from "../../src/engine/decide.ts";
import { evaluate } from "../../src/loader/evaluate.ts";
import { sha256 } from "../../src/model/json.ts";
import type { Runbook } from "../../src/runbook/types.ts";
import { ana, bench, type Bench } from "./world-free.ts";

/**
 * As runs keep it: one text. A runbook with a child, a gate and a follow-up, whose first step leaves evidence and fails
 * as often as the input says.
 */
const text = `
const { runbook, defineStep, RunbookError } = require("runwright");
const { z } = require("zod");
const Input = z.strictObject({ fail: z.int().default(0), text: z.string().default("hello") });
function echo(effect) {
  let calls = 0;
  return defineStep({
    kind: "test.echo-" + effect, effect, risk: "low", timeout: "5s",
    input: z.strictObject({ fail: z.int(), text: z.string() }),
    output: z.strictObject({ text: z.string(), calls: z.int() }),
    describe: ({ text }) => "echo " + text,
    run: async ({ fail, text }, ctx) => {
      calls += 1;
      ctx.evidence("echo.txt", Buffer.from(text + "\\n"));
      if (calls <= fail) throw new RunbookError("AWS_THROTTLED", "Call " + calls + " was throttled.");
      return { text, calls };
    },
    ...(effect === "read" ? {} : { probe: async () => ({ verdict: "unknown", why: "nobody knows" }) }),
  });
}
const [look, act] = [echo("read"), echo("write")];
const inner = runbook("inner", { title: "Inner work", input: Input });
const child = inner.define(
  { inside: inner.step(act, ({ input }) => ({ fail: 0, text: input.text })) },
  { criteria: { done: { title: "it was done", step: "inside", passes: () => true } } },
);
const outer = runbook("outer", { title: "Outer work", input: Input });
exports.default = outer.define(
  {
    look: outer.step(look, ({ input }) => ({ fail: input.fail, text: input.text }), {
      title: "Look at it",
      findings: ({ text }) => [{ text: "it says " + text, status: "confirmed" }],
    }),
    approve: outer.gate(({ input }) => ({ title: "Go on?", summary: input.text, risk: "high" })),
    inside: outer.child(child, ({ input }) => input),
    act: outer.step(act, ({ input }) => ({ fail: 0, text: input.text }), { title: "Do it" }),
  },
  {
    criteria: { acted: { title: "it was acted", step: "act", passes: ({ get }) => get(act, "act").calls > 0 } },
    followUps: () => [{ id: "tell", title: "Tell everybody", owner: "ana", due: "1d" }],
  },
);
`;

export async function smallRunbook(): Promise<Runbook> {
  return evaluate(text, "outer.js");
}

/** A database for runs of the small runbook, in which its text is kept. */
export async function smallBench(dir?: string): Promise<Bench> {
  const made = bench(await smallRunbook(), dir);
  await made.host.blobs.put(Buffer.from(text));
  return { ...made, start: (input) => made.start(input, sha256(text)) };
}

/** Answers the only open gate of a run. */
export function answer(made: Bench, run: string, decision: Decision): void {
  const events = made.host.store.log.events(run);
  const draft = decide(events, { run, gate: null, digest: null, decision, actor: ana }, new Date());
  made.host.store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
}

/** A finished run of the small runbook. */
export async function finishedRun(input: { readonly fail?: number; readonly text?: string } = {}) {
  const made = await smallBench();
  const run = made.start({ fail: 0, text: "hello", ...input });
  await made.drive(run);
  if (input.fail) {
    answer(made, run, { type: "choose", choice: "retry", reason: "try again" });
    await made.drive(run, { resumed: "again" });
  }
  answer(made, run, { type: "approve", reason: "looks right" });
  await made.drive(run, { resumed: "again" });
  return { ...made, run };
}
