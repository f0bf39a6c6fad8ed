import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Decision } from "../../src/engine/decide.ts";
import { RunbookError } from "../../src/model/error.ts";
import { summarise, type RunSummary } from "../../src/model/summary.ts";
import { defineStep } from "../../src/model/step.ts";
import { runbook } from "../../src/runbook/define.ts";
import type { Runbook } from "../../src/runbook/types.ts";
import { answerOne } from "../support/mortal.ts";
import { bench } from "../support/world-free.ts";

const Input = z.strictObject({ name: z.string(), fail: z.array(z.string()).default([]) });
const { step, gate, choice, child, parallel, wait, define } = runbook("typed", {
  title: "Typed",
  input: Input,
});

/** Says its name, or fails with the next code that it is given. */
function saying(kind = "test.say") {
  let calls = 0;
  return defineStep({
    kind,
    effect: "read",
    risk: "none",
    timeout: "5s",
    input: z.strictObject({ name: z.string(), fail: z.array(z.string()) }),
    output: z.strictObject({ said: z.string(), calls: z.int() }),
    describe: ({ name }) => `say ${name}`,
    run: async ({ name, fail }) => {
      const code = fail[calls];
      calls += 1;
      if (code !== undefined && code !== "")
        throw new RunbookError(code as "AWS_THROTTLED", `It failed with ${code}.`);
      return { said: name, calls };
    },
  });
}

async function ran(
  made: Runbook,
  { fail = [], answers = [] }: { fail?: readonly string[]; answers?: readonly Decision[] } = {},
): Promise<{ readonly summary: RunSummary; readonly end: string }> {
  const { start, drive, host } = bench(made);
  const run = start({ name: "ana", fail: [...fail] });
  let end = await drive(run);
  for (const decision of answers) {
    answerOne({ host }, run, () => decision);
    end = await drive(run, { resumed: "again" });
  }
  const summary = summarise(host.store.log.events(run));
  return { summary, end: end.type === "ended" ? end.status : end.type };
}

const plain = ({ input }: { readonly input: z.output<typeof Input> }) => ({
  name: input.name,
  fail: input.fail,
});

/** Never called: the type checker is the test. */
export function jumps(): void {
  const say = saying();
  define({ one: step(say, plain, { next: "two" }), two: step(say, plain, { next: "one" }) });
  define({ one: step(say, plain, { next: "failed" }) });
  // @ts-expect-error -- there is no such state
  define({ one: step(say, plain, { next: "three" }) });
  // @ts-expect-error -- a route leads nowhere
  define({ one: step(say, plain, { routes: [{ when: () => true, to: "three" }] }) });
  // @ts-expect-error -- a rescue leads nowhere
  define({ one: step(say, plain, { rescue: [{ when: () => true, to: "three" }] }) });
  // @ts-expect-error -- a rejection leads nowhere
  define({ one: gate(() => ({ title: "", summary: "", risk: "low" }), { onReject: "three" }) });
  // @ts-expect-error -- an option leads nowhere
  define({ one: choice(() => ({ title: "" }), { a: { label: "", to: "three" } }) });
  // @ts-expect-error -- a timer leads nowhere
  define({ one: wait(() => "1s", { next: "three" }) });
  // @ts-expect-error -- a criterion names no state
  define({ one: step(say, plain) }, { criteria: { a: { title: "", step: "three", passes: () => true } } });
  // @ts-expect-error -- the step does not take this
  define({ one: step(say, () => ({ nam: "x", fail: [] })) });
  // @ts-expect-error -- the input does not have this
  define({ one: step(say, ({ input }) => ({ name: input.nobody, fail: [] })) });
  // @ts-expect-error -- the output does not have this
  define({ one: step(say, ({ get }) => ({ name: get(say).shouted, fail: [] })) });
  // @ts-expect-error -- the output that a route looks at does not have this
  define({ one: step(say, plain, { routes: [{ when: ({ shouted }) => shouted, to: "succeeded" }] }) });
  // @ts-expect-error -- a child is a runbook
  define({ one: child(say, () => ({})) });
}

test("states follow each other in the order of the file, unless they say otherwise", async () => {
  const say = saying();
  const made = define({
    one: step(say, plain, { next: "three" }),
    two: step(say, plain, { next: "succeeded" }),
    three: step(say, plain, { next: "two" }),
  });
  const { summary, end } = await ran(made);
  expect(end).toBe("succeeded");
  expect(summary.steps.toSorted((a, b) => (a.rseq ?? 0) - (b.rseq ?? 0)).map((done) => done.step)).toEqual([
    "one",
    "three",
    "two",
  ]);
});

test("the first route that applies decides, else the next state", async () => {
  const say = saying();
  const made = define({
    one: step(say, plain, {
      routes: [
        { when: ({ calls }) => calls > 9, to: "failed" },
        { when: ({ said }, { input }) => said === input.name, to: "three" },
      ],
    }),
    two: step(say, plain),
    three: step(say, plain, { routes: [{ when: () => false, to: "failed" }] }),
  });
  const { summary, end } = await ran(made);
  expect(end).toBe("succeeded");
  expect(summary.steps.map(({ status }) => status)).toEqual(["succeeded", "pending", "succeeded"]);
});

test("a rescue takes the failures that it is for, and can read them", async () => {
  const say = saying();
  const made = define({
    one: step(say, plain, {
      rescue: [{ when: ({ code }) => code === "AWS_NOT_FOUND", to: "mend" }],
      next: "succeeded",
    }),
    mend: step(say, ({ failure }) => ({ name: failure("one")?.message ?? "", fail: [] }), {
      next: "succeeded",
    }),
  });
  const rescued = await ran(made, { fail: ["AWS_NOT_FOUND"] });
  expect(rescued.summary.steps[1]?.output).toMatchObject({ said: "It failed with AWS_NOT_FOUND." });
});

test("a failure that no rescue is for asks the operator", async () => {
  const say = saying();
  const made = define({
    one: step(say, plain, { rescue: [{ when: ({ code }) => code === "AWS_NOT_FOUND", to: "succeeded" }] }),
  });
  const { summary, end } = await ran(made, { fail: ["ACCESS_DENIED"] });
  expect(end).toBe("paused");
  expect(summary.gates).toMatchObject([{ gate: "one.decide", title: "one failed" }]);
});

test("a retry tries only what is worth it, as often as it says, and then asks", async () => {
  const say = saying();
  const made = define({
    one: step(say, plain, { retry: { times: 2, delay: "1ms", on: ["AWS_THROTTLED"] } }),
  });
  const { summary, end } = await ran(made, { fail: ["AWS_THROTTLED", "AWS_THROTTLED", "AWS_THROTTLED"] });
  expect(end).toBe("paused");
  expect(summary.steps[0]?.attempts).toBe(3);
  const denied = await ran(
    define({ one: step(saying(), plain, { retry: { times: 2, delay: "1ms", on: ["AWS_THROTTLED"] } }) }),
    {
      fail: ["ACCESS_DENIED"],
    },
  );
  expect(denied.summary.steps[0]?.attempts).toBe(1);
});

describe("the operator at a failed step", () => {
  const failing = (skip: boolean) =>
    define({ one: step(saying(), plain, { skip, criterion: { title: "it said", passes: () => true } }) });
  const choose = (id: string): Decision => ({ type: "choose", choice: id, reason: "because" });

  test("may try it again", async () => {
    const { end, summary } = await ran(failing(false), {
      fail: ["ACCESS_DENIED"],
      answers: [choose("retry")],
    });
    expect(end).toBe("succeeded");
    expect(summary.steps[0]).toMatchObject({ attempts: 2, status: "succeeded" });
  });

  test("may skip it where the runbook lets it, and what it would have shown stays unknown", async () => {
    const { end, summary } = await ran(failing(true), { fail: ["ACCESS_DENIED"], answers: [choose("skip")] });
    expect(end).toBe("failed");
    expect(summary.criteria).toMatchObject([{ verdict: "unknown" }]);
    expect(summary.steps[0]?.status).toBe("skipped");
  });

  test("may not skip it elsewhere, and is told why", async () => {
    const { summary } = await ran(failing(false), { fail: ["ACCESS_DENIED"] });
    expect(summary.gates[0]?.options.map(({ id, disabled }) => [id, disabled])).toEqual([
      ["retry", null],
      ["skip", "a later step needs it"],
      ["cancel", null],
    ]);
    await expect(
      ran(failing(false), { fail: ["ACCESS_DENIED"], answers: [choose("skip")] }),
    ).rejects.toMatchObject({
      code: "CHOICE_UNKNOWN",
    });
  });

  test("may cancel the run", async () => {
    const { end } = await ran(failing(false), { fail: ["ACCESS_DENIED"], answers: [choose("cancel")] });
    expect(end).toBe("cancelled");
  });
});

test("what was skipped and has run since is known", async () => {
  const say = saying();
  const made = define({
    one: step(say, plain, {
      skip: true,
      criterion: { title: "it said", passes: ({ said }) => said === "ana" },
    }),
    two: step(saying("test.other"), () => ({ name: "x", fail: [] }), {
      routes: [{ when: ({ calls }) => calls < 2, to: "one" }],
    }),
  });
  const { end, summary } = await ran(made, {
    fail: ["ACCESS_DENIED"],
    answers: [{ type: "choose", choice: "skip", reason: "for now" }],
  });
  expect(end).toBe("succeeded");
  expect(summary.criteria).toMatchObject([{ verdict: "pass" }]);
});

test("a rejected gate goes where it says, and by default cancels the run", async () => {
  const shown = () => ({ title: "Go?", summary: "", risk: "low" as const });
  const rejection: Decision = { type: "reject", reason: "no" };
  expect(await ran(define({ ask: gate(shown) }), { answers: [rejection] })).toMatchObject({
    end: "cancelled",
  });
  const other = define({ ask: gate(shown, { onReject: "failed" }) });
  expect(await ran(other, { answers: [rejection] })).toMatchObject({ end: "failed" });
});

test("a choice goes where its option says, and suggests what fits", async () => {
  const fork = define({
    fork: choice(() => ({ title: "Which?" }), {
      left: { label: "Left", to: "succeeded", suggested: ({ input }) => input.name === "ana" },
      right: { label: "Right", to: "failed" },
    }),
  });
  const { summary } = await ran(fork);
  expect(summary.gates[0]?.options.map(({ id, suggested }) => [id, suggested])).toEqual([
    ["left", true],
    ["right", false],
  ]);
  const right: Decision = { type: "choose", choice: "right", reason: "" };
  expect(await ran(fork, { answers: [right] })).toMatchObject({ end: "failed" });
});

test("a criterion is pending until its step has run, then passes or fails, and names its evidence", async () => {
  const made = (passes: boolean) =>
    define(
      { one: step(saying(), plain, { criterion: { title: "it said", passes: () => passes } }) },
      {
        criteria: {
          shared: { title: "it is called", step: "one", passes: ({ input }) => input.name === "ana" },
        },
      },
    );
  const passed = await ran(made(true));
  expect(passed.end).toBe("succeeded");
  expect(passed.summary.criteria.map(({ id, verdict, evidence }) => [id, verdict, evidence])).toEqual([
    ["one", "pass", 3],
    ["shared", "pass", 3],
  ]);
  const unmet = await ran(made(false));
  expect(unmet.end).toBe("failed");
  expect(unmet.summary.criteria.map(({ verdict }) => verdict)).toEqual(["fail", "pass"]);
});

test("a jump to a state that is not there is refused in the words of the file", () => {
  const say = saying();
  const cast = { next: "three" as never };
  expect(() => define({ one: step(say, plain), two: parallel({ a: step(say, plain) }, cast) })).toThrowError(
    "There is no state `three`, where `two` leads (there are: one, two, succeeded, failed, cancelled).",
  );
});

test("two different steps of one kind are refused", () => {
  expect(() => define({ one: step(saying(), plain), two: step(saying(), plain) })).toThrowError(
    expect.objectContaining({ code: "RUNBOOK_BROKEN", message: expect.stringContaining("`test.say`") }),
  );
});

test("findings are recorded with the step that found them", async () => {
  const made = define({
    one: step(saying(), plain, {
      findings: ({ said }) => [{ text: `it said ${said}`, status: "confirmed" }],
    }),
  });
  const { summary } = await ran(made);
  expect(summary.findings).toEqual([{ text: "it said ana", status: "confirmed", step: "one" }]);
});

test("an output that has not been made yet is missing by name", async () => {
  const say = saying();
  const made = define({
    zero: wait(() => "1ms"),
    one: step(say, ({ get }) => ({ name: get(say).said, fail: [] })),
  });
  const { summary, end } = await ran(made);
  expect(end).toBe("faulted");
  expect(summary.fault).toMatchObject({ code: "OUTPUT_MISSING" });
});
