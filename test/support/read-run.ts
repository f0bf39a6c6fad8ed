import { z } from "zod";
import { decide, type Decision } from "../../src/engine/decide.ts";
import { RunbookError } from "../../src/model/error.ts";
import { defineStep } from "../../src/model/step.ts";
import { runbook } from "../../src/runbook/define.ts";
import { ana, bench, type Bench } from "./world-free.ts";

const Input = z.strictObject({ fail: z.int().default(0), text: z.string().default("hello") });

/** Leaves evidence and says what it was told; fails as often as it is told. */
function echo(effect: "read" | "write") {
  let calls = 0;
  const common = {
    kind: `test.echo-${effect}`,
    risk: "low",
    timeout: "5s",
    input: z.strictObject({ fail: z.int(), text: z.string() }),
    output: z.strictObject({ text: z.string(), calls: z.int() }),
    describe: ({ text }: { readonly text: string }) => `echo ${text}`,
  } as const;
  const run = async (
    { fail, text }: { readonly fail: number; readonly text: string },
    ctx: { readonly evidence: (name: string, value: Uint8Array) => void },
  ) => {
    calls += 1;
    ctx.evidence("echo.txt", Buffer.from(`${text}\n`));
    if (calls <= fail) throw new RunbookError("AWS_THROTTLED", `Call ${calls} was throttled.`);
    return { text, calls };
  };
  if (effect === "read") return defineStep({ ...common, effect: "read", run });
  const probe = async () => ({ verdict: "unknown", why: "nobody can tell" }) as const;
  return defineStep({ ...common, effect: "write", run, probe });
}

/** A runbook with a child, a gate and a follow-up, whose first step fails as often as the input says. */
export function smallRunbook() {
  const look = echo("read");
  const act = echo("write");
  const inner = runbook("inner", { title: "Inner work", input: Input });
  const child = inner.define(
    { inside: inner.step(act, ({ input }) => ({ fail: 0, text: input.text })) },
    { criteria: { done: { title: "it was done", step: "inside", passes: () => true } } },
  );
  const outer = runbook("outer", { title: "Outer work", input: Input });
  return outer.define(
    {
      look: outer.step(look, ({ input }) => ({ fail: input.fail, text: input.text }), {
        title: "Look at it",
        findings: ({ text }) => [{ text: `it says ${text}`, status: "confirmed" }],
      }),
      approve: outer.gate(({ input }) => ({ title: "Go on?", summary: input.text, risk: "high" })),
      inside: outer.child(child, ({ input }) => input),
      act: outer.step(act, ({ input }) => ({ fail: 0, text: input.text }), { title: "Do it" }),
    },
    {
      criteria: {
        acted: { title: "it was acted", step: "act", passes: ({ get }) => get(act, "act").calls > 0 },
      },
      followUps: () => [{ id: "tell", title: "Tell everybody", owner: "ana", due: "1d" }],
    },
  );
}

/** Answers the only open gate of a run. */
export function answer(made: Bench, run: string, decision: Decision): void {
  const events = made.host.store.log.events(run);
  const draft = decide(events, { run, gate: null, digest: null, decision, actor: ana }, new Date());
  made.host.store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
}

/** A finished run of the small runbook. */
export async function finishedRun(input: { readonly fail?: number; readonly text?: string } = {}) {
  const made = bench(smallRunbook());
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
