import { expect, test } from "vitest";
import { z } from "zod";
import { decide } from "../../src/engine/decide.ts";
import { viewOf } from "../../src/model/run-view.ts";
import { isOf, type RunEvent } from "../../src/model/event.ts";
import { defineStep } from "../../src/model/step.ts";
import { runbook } from "../../src/runbook/define.ts";
import { fake, fails, lost, simulate } from "../../src/testing/index.ts";

const plan = z.strictObject({ plan: z.string() });
const never = async (): Promise<never> => {
  throw new Error("A simulation runs no step.");
};
const common = { timeout: "5m", run: never } as const;
const look = defineStep({
  ...common,
  kind: "test.plan",
  effect: "read",
  risk: "none",
  input: z.strictObject({}),
  output: plan,
  describe: () => "plan",
});
const write = { ...common, effect: "write", input: plan, output: plan, probe: never } as const;
const apply = defineStep({
  ...write,
  kind: "test.apply",
  risk: "high",
  describe: ({ plan: name }) => `apply plan ${name}`,
  binds: ({ plan: name }) => ({ plan: name }),
});
const tag = defineStep({
  ...write,
  kind: "test.tag",
  risk: "medium",
  describe: ({ plan: name }) => `tag ${name}`,
  binds: { nothing: "a tag is about nothing" },
});
const tell = defineStep({
  ...write,
  kind: "test.tell",
  risk: "low",
  describe: () => "tell",
  binds: tag.binds,
});

const { step, gate, choice, wait, define } = runbook("covers", {
  title: "Covers",
  input: z.strictObject({}),
});
const first = { plan: "4f1c" };
const second = { plan: "9e02" };
const worlds = [fake(apply, first), fake(tag, first), fake(tell, first)];
const shown = { title: "Apply?", summary: "", risk: "high", subject: first } as const;

/** What began, by whose approval, and what was asked. */
function told(events: readonly RunEvent[]) {
  return events.flatMap((event) => {
    if (isOf(event, "step.started") && event.data.effect === "write")
      return [`${event.data.step} by ${event.data.allowedBy ?? "nobody"}`];
    if (isOf(event, "step.refused")) return [`${event.data.step} ${event.data.failure.code}`];
    return isOf(event, "gate.opened") ? [`asks ${event.data.gate}`] : [];
  });
}

test("a second plan between the approval and the apply makes the approval void, before anything happens", async () => {
  const made = define({
    plan: step(look, () => ({})),
    ask: gate(({ get }) => ({ ...shown, subject: get(look, "plan") })),
    again: step(look, () => ({})),
    apply: step(apply, ({ get }) => get(look, "again"), { onFailure: "failed" }),
  });
  const looks = fake(look, first, second);
  const { end, events, effects } = await simulate(made, {
    steps: [looks, ...worlds],
    answers: { ask: "approve" },
  });
  expect(told(events)).toEqual(["asks ask", "apply APPROVAL_VOID"]);
  expect({ end, effects }).toEqual({ end: "failed", effects: [] });
});

test("what needs no approval spends none, and what comes too late is asked about again", async () => {
  const made = define({
    ask: gate(() => shown),
    notify: step(tell, () => first),
    days: wait(() => "2d"),
    one: step(apply, () => first),
    two: step(apply, () => first),
  });
  const { end, events } = await simulate(made, {
    steps: worlds,
    answers: { ask: "approve", one: "approve", two: "approve" },
  });
  expect(told(events)).toEqual([
    "asks ask",
    "notify by ask",
    "asks one",
    "one by one",
    "asks two",
    "two by two",
  ]);
  expect(end).toBe("succeeded");
});

test("a rejection that leads to a write allows nothing", async () => {
  const made = define({
    ask: gate(() => shown, { onReject: "clean", next: "succeeded" }),
    clean: step(tag, () => first),
  });
  const asked = await simulate(made, { steps: worlds, answers: { ask: "reject" } });
  expect(asked).toMatchObject({ end: "waiting", effects: [] });
  expect(told(asked.events)).toEqual(["asks ask", "asks clean"]);
});

test("a gate covers the writes that it names, each once", async () => {
  const made = define({
    ask: gate(() => shown, { covers: ["one", "two"] }),
    one: step(apply, () => first),
    two: step(tag, () => first),
    three: step(tag, () => first),
  });
  const { events } = await simulate(made, { steps: worlds, answers: { ask: "approve" } });
  expect(told(events)).toEqual(["asks ask", "one by ask", "two by ask", "asks three"]);
  const [asked] = viewOf(events).gates;
  expect(asked?.gate).toMatchObject({
    covers: [
      { state: "one", times: 1 },
      { state: "two", times: 1 },
    ],
    binds: ["plan:4f1c"],
  });
});

test("what a gate did not show is shown by the engine before the write begins", async () => {
  const made = define({
    ask: gate(() => ({ ...shown, subject: {} })),
    look: step(look, () => ({})),
    apply: step(apply, ({ get }) => get(look)),
  });
  const steps = [fake(look, second), ...worlds];
  const { events } = await simulate(made, { steps, answers: { ask: "approve", apply: "approve" } });
  expect(told(events)).toEqual(["asks ask", "asks apply", "apply by apply"]);
  expect(viewOf(events).gates.at(-1)?.gate).toMatchObject({
    title: "May `apply` begin?",
    shown: { summary: "apply plan 9e02", subject: second },
    risk: "high",
  });
});

test("a write that is rejected at its own gate has not begun, and its rescue holds", async () => {
  const made = define({
    apply: step(apply, () => first, {
      rescue: [{ when: ({ code }) => code === "APPROVAL_DENIED", to: "rescued" }],
      next: "failed",
    }),
    rescued: step(tell, () => first),
  });
  const { end, events, effects } = await simulate(made, { steps: worlds, answers: { apply: "reject" } });
  expect(told(events)).toEqual(["asks apply", "apply APPROVAL_DENIED", "rescued by nobody"]);
  expect({ end, effects }).toEqual({ end: "succeeded", effects: ["covers/rescued"] });
});

test("a choice that leads straight to a write is its approval, of what it shows, at its risk", async () => {
  const made = define({
    decide: choice(() => ({ title: "What now?" }), {
      redo: { label: "Apply it", to: "apply" },
      stop: { label: "Stop", to: "failed" },
    }),
    apply: step(apply, () => second),
  });
  const { events } = await simulate(made, { steps: worlds, answers: { decide: "redo" } });
  expect(told(events)).toEqual(["asks decide", "apply by decide"]);
  expect(viewOf(events).gates[0]?.gate).toMatchObject({
    risk: "high",
    covers: [{ state: "apply", times: 1, option: "redo" }],
    binds: ["plan:9e02"],
    usableFor: "15m",
  });
});

test("to try a failed write again is its approval, and declared retries are covered by the gate", async () => {
  const made = define({
    ask: gate(() => shown),
    apply: step(apply, () => first, { retry: { times: 1, delay: "1s", on: ["AWS_THROTTLED"] } }),
  });
  const broken = fake(apply, fails("AWS_THROTTLED"), fails("ACCESS_DENIED"), first);
  const { end, events } = await simulate(made, {
    steps: [broken],
    answers: { ask: "approve", "apply.decide": "retry" },
  });
  expect(told(events)).toEqual([
    "asks ask",
    "apply by ask",
    "apply by ask",
    "asks apply.decide",
    "apply by apply.decide",
  ]);
  expect(end).toBe("succeeded");
});

test("several people who were asked are asked again, also after a failure", async () => {
  const made = define({
    ask: gate(() => shown, { approvals: 2 }),
    apply: step(apply, () => first),
  });
  const answers = {
    ask: [
      { choose: "approve", by: "ana" },
      { choose: "approve", by: "bob" },
    ],
    "apply.decide": "retry",
  };
  const { end, events } = await simulate(made, { steps: [fake(apply, fails("ACCESS_DENIED"))], answers });
  expect(told(events)).toEqual(["asks ask", "apply by ask", "asks apply.decide", "asks apply"]);
  expect(viewOf(events).gates.at(-1)?.gate).toMatchObject({ approvals: 2 });
  expect(end).toBe("waiting");
});

test("medium risk goes without an approval only where the runbook says why, and the record keeps the reason", async () => {
  const made = define({ tag: step(tag, () => first, { accept: "a tag harms nobody" }) });
  const { events } = await simulate(made, { steps: worlds });
  const started = events.find((event) => event.type === "step.started");
  expect(started?.data).toMatchObject({ accepted: "a tag harms nobody", binds: [] });
});

test("a run that is cancelled cleans up at medium risk without asking, and at high risk asks", async () => {
  const made = (kind: typeof tag) =>
    define({
      days: wait(() => "2d", { onCancel: "clean", next: "succeeded" }),
      clean: step(kind, () => first, { next: "cancelled" }),
    });
  const medium = await simulate(made(tag), { steps: worlds, cancelAt: "days" });
  expect(told(medium.events)).toEqual(["clean by nobody"]);
  const high = await simulate(made(apply), { steps: worlds, cancelAt: "days" });
  expect(told(high.events)).toEqual(["asks clean"]);
});

test("what became of a write is said by somebody who might have approved it; anybody may end the run", async () => {
  const made = define({
    ask: gate(() => shown, { approvers: ["ana"] }),
    apply: step(apply, () => first),
  });
  const { events } = await simulate(made, {
    steps: [fake(apply, lost("unknown"))],
    answers: { ask: { choose: "approve", by: "ana" } },
  });
  const asked = viewOf(events).summary.gates[0];
  expect(asked).toMatchObject({ kind: "inDoubt", approvers: ["ana"] });
  const answer = (id: string, choice: string) => () =>
    decide(
      events,
      {
        run: events[0]?.run ?? "",
        gate: null,
        digest: null,
        decision: { type: "choose", choice, reason: "seen", ...(choice === "done" ? { output: first } : {}) },
        actor: { kind: "human", id, identified: "os-user" },
      },
      new Date(0),
    );
  expect(answer("bob", "done")).toThrow(/Only ana may approve/);
  expect(answer("bob", "again")).toThrow(/Only ana may approve/);
  expect(answer("bob", "cancel")).not.toThrow();
  expect(answer("ana", "done")).not.toThrow();
});

test("a kind without types that does not say what it is about is approved for exactly its whole input", async () => {
  const { binds: _, ...silent } = apply;
  const made = define({
    plan: step(look, () => ({})),
    ask: gate(({ get }) => ({ ...shown, summary: get(look, "plan").plan, subject: {} })),
    again: step(look, () => ({})),
    apply: step(silent as typeof apply, ({ get }) => get(look, "again")),
  });
  const looks = fake(look, first, second);
  const replaced = await simulate(made, { steps: [looks, ...worlds], answers: { ask: "approve" } });
  expect(told(replaced.events)).toEqual(["asks ask", "asks apply"]);
  expect(replaced).toMatchObject({ end: "waiting", effects: [] });
  const straight = define({
    ask: gate(() => ({ ...shown, subject: {} })),
    apply: step(silent as typeof apply, () => first),
  });
  const approved = await simulate(straight, { steps: worlds, answers: { ask: "approve" } });
  expect(told(approved.events)).toEqual(["asks ask", "apply by ask"]);
});
