import { expect, test } from "vitest";
import { after, fails, fake, fakeAt, lost, simulate } from "../../src/testing/index.ts";
import { act, badLook, good, look, small } from "./small-runbook.ts";

/** Never called: the type checker is the test. */
export function fakes(): void {
  fake(look, good, fails("AWS_THROTTLED"), lost("unknown"), lost({ done: good }), () => good);
  fakeAt("look", look, ({ of: name }, { key }) => ({ ok: name === key, count: 0 }));
  // @ts-expect-error -- the output has more
  fake(look, { ok: true });
  // @ts-expect-error -- the output has nothing like that
  fake(look, { ok: true, count: 0, wrong: 1 });
  // @ts-expect-error -- what a function returns is held to the same
  fake(look, () => ({ ok: "yes", count: 0 }));
  // @ts-expect-error -- what a lost write did is its output
  fake(look, lost({ done: { ok: "yes" } }));
  // @ts-expect-error -- there is no such failure
  fake(look, fails("TIRED"));
  // @ts-expect-error -- the input does not have this
  fake(look, ({ nobody }) => ({ ok: nobody, count: 0 }));
  // @ts-expect-error -- a step that is played says something
  fake(look);
}

test("a run ends as its runbook says, and takes no time", async () => {
  const began = performance.now();
  const run = await simulate(small, {
    steps: [badLook, fake(act, good)],
    answers: { approve: "approve", which: "child" },
    start: new Date("2025-01-01T00:00:00.000Z"),
  });
  expect(run.end).toBe("succeeded");
  expect(run.path).toEqual(["look", "approve", "act", "rest", "which", "inside", "inside/act"]);
  expect(run.effects).toEqual(["small/act", "inner/act"]);
  expect(run.summary.startedAt).toBe("2025-01-01T00:00:00.000Z");
  expect(run.summary.endedAt).toBe("2025-01-02T00:02:00.000Z");
  expect(performance.now() - began).toBeLessThan(2_000);
});

test("a gate that nobody answers leaves the run waiting", async () => {
  const run = await simulate(small, { steps: [badLook] });
  expect(run.end).toBe("waiting");
  expect(run.summary.gates.map(({ gate: name }) => name)).toEqual(["approve"]);
});

test("answers and outcomes are given one after the other, the last again and again", async () => {
  const run = await simulate(small, {
    steps: [badLook, fake(act, fails("AWS_REFUSED"), fails("AWS_THROTTLED"), good)],
    answers: { approve: "approve", "act.decide": "retry", which: "stop" },
  });
  expect(run.path).toEqual(["look", "approve", "act", "act.decide", "act", "rest", "which"]);
  const failures = run.events.flatMap((event) =>
    event.type === "step.failed" ? [event.data.failure.code] : [],
  );
  expect(failures).toEqual(["AWS_REFUSED", "AWS_THROTTLED"]);
  expect(run.end).toBe("failed");
});

test("what plays one state comes before what plays its kind, and a child run's state has its runbook's name", async () => {
  const answers = { approve: "approve", which: "child", "inner/act.decide": "cancel" };
  const steps = [fake(act, good), fakeAt("inner/act", act, fails("AWS_REFUSED")), badLook];
  const run = await simulate(small, { steps, answers: { ...answers, "inside.decide": "cancel" } });
  expect(run.path.slice(-4)).toEqual(["inside", "inside/act", "inside/act.decide", "inside.decide"]);
  expect(run.end).toBe("cancelled");
});

test("a write whose answer is lost is asked for in the world, and a person is asked when nobody can tell", async () => {
  const answers = { approve: "approve", which: "stop" };
  const done = await simulate(small, { steps: [badLook, fake(act, lost({ done: good }))], answers });
  expect(done.effects).toEqual(["small/act"]);
  expect(done.events.map(({ type }) => type)).toContain("step.reconciled");
  const unknown = await simulate(small, {
    steps: [badLook, fake(act, lost("unknown"))],
    answers: { ...answers, act: { choose: "done", output: good } },
  });
  expect(unknown.path).toEqual(done.path);
  expect(unknown.effects).toEqual([]);
});

test("a step that takes longer than its time limit fails, in no time", async () => {
  const slow = fake(look, after("6m", { ok: true, count: 1 }));
  const run = await simulate(small, { steps: [slow] });
  expect(run.summary.steps[0]?.failure?.code).toBe("STEP_TIMED_OUT");
  const quick = await simulate(small, { steps: [fake(look, after("4m", good))] });
  expect(quick.end).toBe("succeeded");
  expect(quick.summary.endedAt).toBe("2025-01-01T00:04:00.000Z");
});

test("what is missing or does not fit is said", async () => {
  await expect(simulate(small)).rejects.toThrow("Nothing plays `small/look` (`test.look`).");
  await expect(simulate(small, { input: { of: 1 } })).rejects.toThrow("input does not fit: of:");
  const wrong = { ...badLook, plays: [{ type: "returns", output: { ok: 1 } }] } as const;
  await expect(simulate(small, { steps: [wrong] })).rejects.toThrow(
    "returns what `test.look` does not promise",
  );
  const answers = { approve: "maybe" };
  await expect(simulate(small, { steps: [badLook], answers })).rejects.toThrow("not `maybe`");
});

test("a run that goes round in circles is given up", async () => {
  const steps = [fake(look, fails("AWS_REFUSED"))];
  await expect(simulate(small, { steps, answers: { "look.decide": "retry" } })).rejects.toThrow(
    "does not end",
  );
});
