import { appendFileSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { RunbookError } from "../../src/model/error.ts";
import { defineStep } from "../../src/model/step.ts";
import { runbook } from "../../src/runbook/define.ts";

/** A world outside the engine: it counts what really happened, and outlives every engine. */
export interface World {
  /** Effects in order, by the step that had them; a program's are read from its file. */
  readonly effects: () => readonly string[];
  readonly has: (effect: string) => boolean;
  readonly add: (effect: string) => void;
  readonly file: string;
}

export function createWorld(dir: string): World {
  const file = path.join(dir, "effects.txt");
  const effects = (): readonly string[] =>
    existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
  return {
    effects,
    has: (effect) => effects().includes(effect),
    add: (effect) => appendFileSync(file, `${effect}\n`),
    file,
  };
}

const nothing = z.strictObject({});
const named = z.strictObject({ name: z.string() });
const common = { risk: "low", timeout: "20s", output: named } as const;

/** The steps of a world: they read it, change it, and can or cannot be looked up afterwards. */
export function stepsOf(world: World) {
  const look = defineStep({
    ...common,
    kind: "test.look",
    effect: "read",
    input: nothing,
    describe: () => "look",
    run: async () => ({ name: "seen" }),
  });
  let first: string | undefined;
  const flaky = defineStep({
    ...common,
    kind: "test.flaky",
    effect: "read",
    input: nothing,
    describe: () => "look, and be throttled at first",
    run: async (_input, { key }) => {
      // By its key, because the same try after a crash has to be throttled again.
      first ??= key;
      if (key === first) throw new RunbookError("AWS_THROTTLED", "Slow down.");
      return { name: "seen" };
    },
  });
  const act = defineStep({
    ...common,
    kind: "test.act",
    effect: "write",
    binds: { nothing: "there is only one" },
    input: named,
    describe: ({ name }) => `act on ${name}`,
    run: async ({ name }) => {
      world.add(name);
      return { name };
    },
    probe: async ({ name }) =>
      world.has(name)
        ? { verdict: "done", output: { name }, why: "the world has it" }
        : { verdict: "not done", why: "the world does not have it" },
  });
  const murky = defineStep({
    ...common,
    kind: "test.murky",
    effect: "write",
    binds: { nothing: "there is only one" },
    input: named,
    describe: ({ name }) => `act on ${name}, which cannot be looked up`,
    run: async ({ name }) => {
      world.add(name);
      return { name };
    },
    probe: async () => ({ verdict: "unknown", why: "nobody knows" }),
  });
  const program = defineStep({
    ...common,
    kind: "test.program",
    effect: "write",
    binds: { nothing: "there is only one" },
    input: z.strictObject({ name: z.string(), script: z.string() }),
    describe: ({ name }) => `run a program that acts on ${name}`,
    run: async ({ name, script }, ctx) => {
      const args = ["-c", script, "sh", world.file, name];
      const { exitCode, stdout } = await ctx.exec({
        name: "act",
        file: "/bin/sh",
        args,
        cwd: path.dirname(world.file),
      });
      ctx.evidence("output.txt", stdout);
      if (exitCode !== 0) throw new RunbookError("TERRAFORM_FAILED", `It ended with ${exitCode}.`);
      return { name };
    },
    probe: async ({ name }) =>
      world.has(name)
        ? { verdict: "done", output: { name }, why: "the file has it" }
        : { verdict: "not done", why: "the file does not have it" },
  });
  return { look, flaky, act, murky, program };
}

/** A runbook with one of everything that can be interrupted. */
export function everything(world: World, script = 'echo "$2" >> "$1"') {
  const { look, flaky, act, murky, program } = stepsOf(world);
  const child = runbook("inside", { title: "Inside", input: nothing });
  const inside = child.define({
    approve: child.gate(() => ({ title: "Inside?", summary: "", risk: "low" })),
    act: child.step(act, () => ({ name: "inside" })),
  });
  const { step, gate, child: run, wait, define } = runbook("everything", { title: "All", input: nothing });
  return define(
    {
      look: step(look, () => ({}), { findings: () => [{ text: "it is there", status: "confirmed" }] }),
      flaky: step(flaky, () => ({}), { retry: { times: 3, delay: "1ms", on: ["AWS_THROTTLED"] } }),
      approve: gate(() => ({ title: "Act?", summary: "", risk: "high" }), {
        covers: ["act", "murky", "program", "after"],
      }),
      act: step(act, () => ({ name: "act" })),
      murky: step(murky, () => ({ name: "murky" })),
      program: step(program, () => ({ name: "program", script })),
      inside: run(inside, () => ({})),
      wait: wait(() => "1ms"),
      after: step(act, () => ({ name: "after" })),
    },
    {
      criteria: {
        acted: { title: "it acted", step: "after", passes: ({ get }) => get(act, "after").name === "after" },
      },
      followUps: () => [{ id: "tell", title: "Tell", owner: "ana", due: "1d" }],
    },
  );
}

/** Every effect of `everything`, in order. */
export const allEffects: readonly string[] = ["act", "murky", "program", "inside", "after"];
