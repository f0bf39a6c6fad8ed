import { expect, test } from "vitest";
import { z } from "zod";
import { RunbookError } from "../../src/model/error.ts";
import { form } from "../../src/runbook/form.ts";
import { runbook } from "../../src/runbook/define.ts";
import { after, crashEverywhere, everyPath, fails, fake, fakeAt, simulate } from "../../src/testing/index.ts";
import { act, good, look } from "../testing/small-runbook.ts";

const Input = z.strictObject({ of: z.string().default("it") });
const of = ({ input }: { readonly input: { readonly of: string } }) => ({ of: input.of });
const { step, gate, ask, manual, child, parallel, branch, wait, define } = runbook("options", {
  title: "Options",
  input: Input,
});
const Details = form({
  ticket: z.string().describe("The ticket"),
  count: z.int().default(1),
  side: z.enum(["left", "right"]),
  sure: z.boolean().optional(),
});

/** Never called: the type checker is the test. */
export function jumps(): void {
  define({ one: step(look, of, { onFailure: "two", timeout: "10s" }), two: step(look, of) });
  // @ts-expect-error -- there is no such state to go to after a failure
  define({ one: step(look, of, { onFailure: "three" }) });
  // @ts-expect-error -- there is no such state to clean up in
  define({ one: step(look, of, { onCancel: "three" }) });
  // @ts-expect-error -- a way of a branch leads nowhere
  define({ one: branch([{ when: () => true, to: "three" }]) });
  // @ts-expect-error -- a way out of a parallel state leads nowhere
  define({ one: parallel({ a: step(look, of, { onFailure: "three" }) }) });
  // @ts-expect-error -- a time limit is a duration
  define({ one: step(look, of, { timeout: "soon" }) });
  step(look, ({ get }) => {
    const { ticket, count } = get(Details, "one").values;
    // @ts-expect-error -- the field is a number
    const text: string = count;
    // @ts-expect-error -- the form has no such field
    return { of: `${ticket} ${text} ${get(Details, "one").values.tickets}` };
  });
  const inner = define({ one: step(look, of) });
  // @ts-expect-error -- the child's input is a text
  child(inner, () => ({ of: 1 }));
}

test("onFailure leads on without asking, and what is not critical is noted and passed by", async () => {
  const made = define({
    one: step(look, of, { onFailure: "three", retry: { times: 1, delay: "1s", on: ["AWS_THROTTLED"] } }),
    two: step(act, of, { next: "failed" }),
    three: step(act, of, { critical: false, criterion: { title: "It acts", passes: () => true } }),
    four: step(look, of),
  });
  const steps = [
    fakeAt("one", look, fails("AWS_THROTTLED")),
    fake(act, fails("AWS_REFUSED")),
    fake(look, good),
  ];
  const run = await simulate(made, { steps });
  expect(run.path).toEqual(["one", "three", "four"]);
  expect(run.summary.criteria.map(({ verdict }) => verdict)).toEqual(["unknown"]);
  expect(run.end).toBe("failed");
  const { coverage } = await everyPath(made, { steps: [fake(look, good), fake(act, good)] });
  expect(coverage.rescues.covered).toEqual([
    "options/one -rescue-> three",
    "options/three -rescue: not critical-> four",
  ]);
});

test("each wait before a retry is longer than the one before it, up to the longest", async () => {
  const on = ["AWS_THROTTLED"];
  const made = define({
    one: step(look, of, {
      retry: { times: 4, delay: "10s", factor: 3, longest: "1m", on },
      onFailure: "failed",
    }),
  });
  const run = await simulate(made, { steps: [fake(look, fails("AWS_THROTTLED"))] });
  const starts = run.events.filter(({ type }) => type === "step.started").map(({ at }) => Date.parse(at));
  expect(starts.slice(1).map((at, index) => (at - (starts[index] ?? 0)) / 1_000)).toEqual([10, 30, 60, 60]);
  expect(run.path).toEqual(["one"]);
});

test("a state may give a step another time limit than its own", async () => {
  const made = define({ one: step(look, of, { timeout: "10s", onFailure: "two" }), two: step(look, of) });
  const run = await simulate(made, { steps: [fake(look, after("1m", good))] });
  expect(run.summary.steps.map(({ failure }) => failure?.code ?? null)).toEqual(["STEP_TIMED_OUT", null]);
});

test.each(["retryFrom", "again"] as const)(
  "with `%s` a person's word to try again leads back to the state that it names",
  async (name) => {
    const made = define({ one: step(look, of), two: step(act, of, { [name]: "one" }) });
    const steps = [fake(look, good), fake(act, fails("AWS_REFUSED"), good)];
    const run = await simulate(made, { steps, answers: { "two.decide": "retry" } });
    expect(run.path).toEqual(["one", "two", "two.decide", "one", "two"]);
    expect(run.end).toBe("succeeded");
  },
);

test("a form is filled in while the run waits, and read by its types", async () => {
  const made = define({
    details: ask(Details, ({ input }) => `What about ${input.of}?`),
    one: step(look, ({ get }) => {
      const { ticket, count, side } = get(Details, "details").values;
      return { of: `${ticket} ${count + 1} ${side}` };
    }),
  });
  const values = { ticket: "T-1", count: 2, side: "left" };
  const seen: string[] = [];
  const looking = fake(look, ({ of: text }) => {
    seen.push(text);
    return good;
  });
  const run = await simulate(made, { steps: [looking], answers: { details: { give: values } } });
  expect(run.end).toBe("succeeded");
  expect(seen).toEqual(["T-1 3 left"]);
});

test("a form takes fractions where it asks for a number, and an output keeps them", async () => {
  const share = form({ cpu: z.number().describe("Which share of a CPU?").default(0.7) });
  const made = define({
    details: ask(share, "How much?"),
    one: step(look, ({ get }) => ({ of: String(get(share, "details").values.cpu * 2) })),
  });
  const run = await simulate(made, {
    steps: [fake(look, good)],
    answers: { details: { give: { cpu: 0.25 } } },
  });
  expect(run.events.find(({ type }) => type === "step.started")?.data).toMatchObject({
    input: { of: "0.5" },
  });
  const text = { answers: { details: { give: { cpu: "much" } } } };
  await expect(simulate(made, text)).rejects.toThrow("asks for a value of type number");
});

test("a form takes only what its fields are for", async () => {
  const made = define({ details: ask(Details, "?") });
  for (const values of [{ ticket: "T", count: "two" }, { ticket: "T", side: "up" }, { ticket: 1 }]) {
    const giving = simulate(made, { answers: { details: { give: { side: "left", count: 1, ...values } } } });
    await expect(giving).rejects.toThrow("asks for");
  }
  expect(() => form({ a: z.date() })).toThrow("Date");
  expect(() => form({ a: z.array(z.string()) })).toThrow(RunbookError);
});

test("a person confirms a step of theirs and says what shows it", async () => {
  const made = define({
    call: manual(() => ({ title: "Call the provider", lines: ["Ask for the outage's id."] }), {
      onFailure: "rest",
    }),
    one: step(look, of, { next: "succeeded" }),
    rest: wait(() => "1h", { next: "failed" }),
  });
  const done = await simulate(made, { steps: [fake(look, good)], answers: { call: "done" } });
  expect(done.path).toEqual(["call", "one"]);
  const failed = await simulate(made, { answers: { call: "failed" } });
  expect(failed.path).toEqual(["call", "rest"]);
});

test("a branch takes the first way that applies, and asks nobody", async () => {
  const made = define({
    fork: branch([{ when: ({ input }) => input.of === "left", to: "left" }], { next: "right" }),
    left: step(look, of, { next: "succeeded" }),
    right: step(look, of),
  });
  const steps = [fake(look, good)];
  expect((await simulate(made, { steps, input: { of: "left" } })).path).toEqual(["left"]);
  expect((await simulate(made, { steps })).path).toEqual(["right"]);
});

test("parallel steps run at once, and it goes on when all are done", async () => {
  const made = define({
    gather: parallel({
      near: step(look, of, { retry: { times: 1, delay: "1m", on: ["AWS_THROTTLED"] } }),
      far: step(act, of),
    }),
    rest: step(look, of, {
      criterion: { title: "both", passes: (_, { get }) => get(look, "near").ok && get(act).ok },
    }),
  });
  const steps = [fake(look, fails("AWS_THROTTLED"), after("1m", good), good), fake(act, after("90s", good))];
  const run = await simulate(made, { steps });
  expect(run.end).toBe("succeeded");
  expect(run.path).toEqual(["near", "far", "near", "rest"]);
  expect(Date.parse(run.summary.endedAt ?? "") - Date.parse(run.summary.startedAt)).toBe(120_000);
});

test("a failed branch of a parallel state is decided alone, and may lead out of it", async () => {
  const made = define({
    gather: parallel({
      near: step(look, of),
      far: step(act, of, { rescue: [{ when: () => true, to: "out" }] }),
    }),
    never: step(look, of),
    out: step(look, of),
  });
  const steps = [fakeAt("near", look, after("1h", good)), fake(look, good), fake(act, fails("AWS_REFUSED"))];
  const run = await simulate(made, { steps });
  expect(run.path).toEqual(["near", "far", "out"]);
  const asked = define({ gather: parallel({ near: step(look, of), far: step(act, of) }) });
  const again = await simulate(asked, {
    steps: [fake(look, good), fake(act, fails("AWS_REFUSED"), good)],
    answers: { "far.decide": "retry" },
  });
  expect(again.end).toBe("succeeded");
});

test("two states of one name are refused, also inside a parallel one", () => {
  expect(() => define({ one: step(look, of), two: parallel({ one: step(look, of) }) })).toThrow(
    "called `one`",
  );
});

const cleaning = define({
  one: step(act, of, { onCancel: "tidy" }),
  two: step(look, of, { next: "succeeded" }),
  tidy: step(look, of),
  rest: wait(() => "1h", { next: "cancelled" }),
});

test("a cancelled run cleans up where its state says so, and then ends as cancelled", async () => {
  const steps = [fake(act, after("1m", good)), fake(look, good)];
  const run = await simulate(cleaning, { steps, cancelAt: "one" });
  expect(run.path).toEqual(["one", "tidy", "rest"]);
  expect(run.end).toBe("cancelled");
  expect(run.summary.reason).toBe("simulated");
  const types = run.events.map(({ type }) => type);
  // What was under way has ended before the clean-up begins.
  expect(types.indexOf("step.cancelled")).toBeLessThan(types.lastIndexOf("step.started"));
  const elsewhere = await simulate(cleaning, {
    steps: [fake(act, good), fake(look, after("1m", good))],
    cancelAt: "two",
  });
  expect(elsewhere.path).toEqual(["one", "two"]);
  expect(elsewhere.end).toBe("cancelled");
});

test("a second request to cancel gives the clean-up up", async () => {
  const steps = [fake(act, after("1m", good)), fake(look, after("1m", good))];
  const run = await simulate(cleaning, { steps, cancelAt: ["one", "tidy"] });
  expect(run.path).toEqual(["one", "tidy"]);
  expect(run.end).toBe("cancelled");
});

test("a run that was cancelled by a person's decision cleans up, too", async () => {
  const steps = [fake(act, fails("AWS_REFUSED")), fake(look, good)];
  const run = await simulate(cleaning, { steps, answers: { "one.decide": "cancel" } });
  expect(run.path).toEqual(["one", "one.decide", "tidy", "rest"]);
  expect(run.end).toBe("cancelled");
});

test("a clean-up is the same wherever the engine dies", async () => {
  const steps = [fake(act, after("1m", good)), fake(look, good)];
  const { differences } = await crashEverywhere(cleaning, { steps, cancelAt: "one" });
  expect(differences).toEqual([]);
});

const asking = { title: "Act?", summary: "", risk: "low" } as const;

test("a gate may need several people, each of whom counts once", async () => {
  const made = define({ approve: gate(() => asking, { approvals: 2 }), one: step(act, of) });
  const steps = [fake(act, good)];
  const approve = { choose: "approve" };
  const two = await simulate(made, {
    steps,
    answers: {
      approve: [
        { ...approve, by: "ana" },
        { ...approve, by: "bob" },
      ],
    },
  });
  expect(two.end).toBe("succeeded");
  expect((await everyPath(made, { steps })).coverage.missing).toEqual([]);
  expect(two.events.filter(({ type }) => type === "approval.granted")).toHaveLength(2);
  expect(two.events.filter(({ type }) => type === "approval.used")).toHaveLength(1);
  const same = simulate(made, { steps, answers: { approve: { ...approve, by: "ana" } } });
  await expect(same).rejects.toThrow(
    "ana has approved gate `approve` of run R-0000; 1 more of 2 people have to.",
  );
  const one = await simulate(made, { steps, answers: { approve: [{ ...approve, by: "ana" }, "reject"] } });
  expect(one.end).toBe("cancelled");
  const { differences } = await crashEverywhere(made, {
    steps,
    answers: {
      approve: [
        { ...approve, by: "ana" },
        { ...approve, by: "bob" },
      ],
    },
  });
  expect(differences).toEqual([]);
});

test("a gate may name who approves, how long it waits, and where a rejection leads", async () => {
  const made = define({
    approve: gate(() => asking, { approvers: ["ana"], expires: "2m", onReject: "two" }),
    one: step(act, of, { next: "succeeded" }),
    two: step(look, of, { next: "failed" }),
  });
  const steps = [fake(act, good), fake(look, good)];
  const bob = simulate(made, { steps, answers: { approve: { choose: "approve", by: "bob" } } });
  await expect(bob).rejects.toThrow("Only ana may approve gate `approve` of run R-0000, not bob.");
  const late = [
    { choose: "approve", by: "ana", after: "3m" },
    { choose: "approve", by: "ana" },
  ] as const;
  const again = await simulate(made, { steps, answers: { approve: late } });
  expect(again.events.filter(({ type }) => type === "gate.opened")).toHaveLength(2);
  expect(again.end).toBe("succeeded");
  const rejected = await simulate(made, { steps, answers: { approve: "reject" } });
  expect(rejected.path).toEqual(["approve", "two"]);
});
