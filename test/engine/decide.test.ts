import { expect, test } from "vitest";
import { z } from "zod";
import { decide, type Decision } from "../../src/engine/decide.ts";
import type { RunEvent } from "../../src/model/event.ts";
import { summarise } from "../../src/model/summary.ts";
import { defineStep } from "../../src/model/step.ts";
import { runbook } from "../../src/runbook/define.ts";
import { humanInput } from "../../src/steps/human-input.ts";
import { ana, bench } from "../support/world-free.ts";

const nothing = z.strictObject({});
const { step, gate, choice, define } = runbook("asks", { title: "Asks", input: nothing });

async function openGate(
  states: Parameters<typeof define>[0],
): Promise<{ events: readonly RunEvent[]; run: string }> {
  const { start, drive, host } = bench(define(states as never));
  const run = start({});
  await drive(run);
  return { run, events: host.store.log.events(run) };
}

const approval = () => ({
  ask: gate(() => ({ title: "Go?", summary: "all", risk: "high" as const, expires: "10m" as const })),
});
const fork = () => ({
  fork: choice(() => ({ title: "Which way?" }), {
    left: { label: "Left", to: "succeeded" },
    right: { label: "Right", to: "failed", danger: true },
  }),
});
const form = () => ({
  form: step(humanInput, () => ({
    title: "Who?",
    fields: [
      { name: "who", label: "Who", type: "text" as const },
      { name: "why", label: "Why", type: "text" as const, required: false },
    ],
  })),
});

const approve: Decision = { type: "approve", reason: "" };

function deciding(run: string, decision: Decision, more: object = {}) {
  return { run, gate: null, digest: null, decision, actor: ana, ...more };
}

test("a decision names the gate and the digest of what it decides", async () => {
  const { run, events } = await openGate(approval());
  const [open] = summarise(events).gates;
  const digest = open?.digest ?? "";
  expect(
    decide(events, deciding(run, approve, { digest: digest.slice(0, 8).toUpperCase() }), new Date()),
  ).toEqual({
    run,
    type: "approval.granted",
    actor: ana,
    data: { gate: "ask", digest, reason: "", useBy: expect.any(String) },
  });
  const rejected = decide(events, deciding(run, { type: "reject", reason: " too wide " }), new Date());
  expect(rejected).toMatchObject({ type: "approval.denied", data: { reason: "too wide" } });
});

const wrong: readonly (readonly [string, string, () => object, Decision, object])[] = [
  ["a rejection without a reason", "REASON_NEEDED", approval, { type: "reject", reason: " " }, {}],
  ["a digest of something else", "GATE_CHANGED", approval, approve, { digest: "0".repeat(64) }],
  ["too short a digest", "GATE_CHANGED", approval, approve, { digest: "0" }],
  ["a gate that is not open", "GATE_NOT_OPEN", approval, approve, { gate: "other" }],
  ["a choice at an approval", "CHOICE_UNKNOWN", approval, { type: "choose", choice: "left", reason: "" }, {}],
  ["an approval at a fork", "CHOICE_UNKNOWN", fork, approve, {}],
  ["an unknown choice", "CHOICE_UNKNOWN", fork, { type: "choose", choice: "up", reason: "" }, {}],
  [
    "a dangerous choice without a reason",
    "REASON_NEEDED",
    fork,
    { type: "choose", choice: "right", reason: "" },
    {},
  ],
  ["a form without what it asks for", "INPUT_MISSING", form, { type: "give", values: { why: "x" } }, {}],
  ["values at an approval", "CHOICE_UNKNOWN", approval, { type: "give", values: {} }, {}],
];

test.each(wrong)("%s is refused with %s", async (_what, code, states, decision, more) => {
  const { run, events } = await openGate(states() as never);
  expect(() => decide(events, deciding(run, decision, more), new Date())).toThrowError(
    expect.objectContaining({ code }),
  );
});

test("an expired gate is not answered any more", async () => {
  const { run, events } = await openGate(approval());
  const later = new Date(Date.now() + 601_000);
  expect(() => decide(events, deciding(run, approve), later)).toThrowError(
    expect.objectContaining({ code: "GATE_EXPIRED" }),
  );
});

test("a gate that has been answered, and a run that has ended, take no decision", async () => {
  const { start, drive, host } = bench(define(approval()));
  const run = start({});
  await drive(run);
  const { log } = host.store;
  const draft = decide(log.events(run), deciding(run, approve), new Date());
  log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
  expect(() => decide(log.events(run), deciding(run, approve), new Date())).toThrowError(
    expect.objectContaining({ code: "GATE_NOT_OPEN" }),
  );
  await drive(run, { resumed: "again" });
  expect(() => decide(log.events(run), deciding(run, approve), new Date())).toThrowError(
    expect.objectContaining({ code: "RUN_ENDED" }),
  );
});

test("a form keeps only the fields that it asked for", async () => {
  const { run, events } = await openGate(form());
  const values = { who: "ana", secret: "x" };
  expect(decide(events, deciding(run, { type: "give", values }), new Date())).toMatchObject({
    type: "input.given",
    data: { values: { who: "ana" } },
  });
});

test("with two gates open the decision has to name one", async () => {
  const ask = defineStep({
    kind: "human.confirm",
    effect: "human",
    risk: "low",
    input: nothing,
    output: nothing,
    describe: () => "",
  });
  const { createMachine } = await import("xstate");
  const { fromMachine } = await import("../../src/runbook/from-machine.ts");
  const { stepActor } = await import("../../src/runbook/actors.ts");
  const state = (id: string) => ({ initial: "x", states: { x: { invoke: { id, src: stepActor(ask) } } } });
  const machine = createMachine({ id: "two", type: "parallel", states: { a: state("a"), b: state("b") } });
  const { start, drive, host } = bench(fromMachine(machine, { title: "Two", input: nothing }));
  const run = start({});
  await drive(run);
  const events = host.store.log.events(run);
  expect(() => decide(events, deciding(run, approve), new Date())).toThrowError(/open: `a`, `b`/);
  expect(decide(events, deciding(run, approve, { gate: "b" }), new Date())).toMatchObject({
    data: { gate: "b" },
  });
});
