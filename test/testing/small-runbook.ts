import { z } from "zod";
import { defineStep } from "../../src/model/step.ts";
import { runbook } from "../../src/runbook/define.ts";
import { fake } from "../../src/testing/index.ts";

const common = { risk: "low", timeout: "5m", input: z.strictObject({ of: z.string() }) } as const;
const output = z.strictObject({ ok: z.boolean(), count: z.int() });
const never = async (): Promise<never> => {
  throw new Error("A simulation runs no step.");
};

export const look = defineStep({
  ...common,
  kind: "test.look",
  effect: "read",
  output,
  describe: ({ of }) => `look at ${of}`,
  run: never,
});

export const act = defineStep({
  ...common,
  kind: "test.act",
  effect: "write",
  output,
  describe: ({ of }) => `act on ${of}`,
  run: never,
  probe: never,
  binds: { nothing: "it is simulated" },
});

export const good = { ok: true, count: 1 };
export const bad = { ok: false, count: 0 };
export const badLook = fake(look, bad);

const Input = z.strictObject({ of: z.string().default("it") });
const { step, gate, choice, child, wait, define } = runbook("small", { title: "Small", input: Input });
const of = ({ input }: { readonly input: { readonly of: string } }) => ({ of: input.of });
const inner = runbook("inner", { title: "Inner", input: Input });
const inside = inner.define({ act: inner.step(act, of) });

/** One state of each kind. */
export const small = define({
  look: step(look, of, { routes: [{ when: ({ ok }) => ok, to: "succeeded" }] }),
  approve: gate(() => ({ title: "Act?", summary: "", risk: "low" }), { onReject: "failed" }),
  act: step(act, of, {
    retry: { times: 2, delay: "10s", on: ["AWS_THROTTLED"] },
    rescue: [{ when: ({ code }) => code === "AWS_NOT_FOUND", to: "which" }],
    skip: true,
  }),
  rest: wait(() => "24h"),
  which: choice(() => ({ title: "Which?" }), {
    child: { label: "the child", to: "inside" },
    stop: { label: "stop", to: "failed" },
  }),
  inside: child(inside, of),
});
