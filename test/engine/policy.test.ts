import { expect, test } from "vitest";
import { z } from "zod";
import type { Policy } from "../../src/engine/policy.ts";
import { type Actor, isOf } from "../../src/model/event.ts";
import { runbook } from "../../src/runbook/define.ts";
import { form } from "../../src/runbook/form.ts";
import { ana, bench } from "../support/world-free.ts";

const policy: Policy = { approves: ["none", "low"], actor: { ...ana, kind: "policy" } };
const bob: Actor = { kind: "human", id: "bob", identified: "os-user" };

/** One gate after the other, each shown as it is given. */
function gates(...shown: readonly object[]) {
  const { gate, define } = runbook("gates", { title: "Gates", input: z.strictObject({}) });
  const states = shown.map((one, index) => {
    const all = { title: `Go ${index}?`, summary: "", ...one };
    return [`gate${index}`, gate(() => all as never)];
  });
  const made = bench(define(Object.fromEntries(states)));
  const { log } = made.host.store;
  const run = made.start({});
  const granted = () => log.events(run).filter((event) => isOf(event, "approval.granted"));
  return { ...made, run, log, granted };
}

test("gates of the named risks are approved by the policy, in its user's name, and the next one waits", async () => {
  const made = gates({ risk: "low" }, { risk: "none" }, { risk: "medium" }, { risk: "low" });
  expect(await made.drive(made.run, { policy })).toEqual({ type: "paused" });
  expect(made.granted().map(({ actor, data }) => [actor, data.gate, data.reason])).toEqual([
    [policy.actor, "gate0", "risk low is approved in advance"],
    [policy.actor, "gate1", "risk none is approved in advance"],
  ]);
  expect(made.types(made.run).filter((type) => type === "approval.used")).toHaveLength(2);
  expect(made.types(made.run).at(-1)).toBe("gate.opened");
});

test("without a policy nothing is approved, and with one also what was open before", async () => {
  const made = gates({ risk: "low" });
  expect(await made.drive(made.run)).toEqual({ type: "paused" });
  expect(made.granted()).toEqual([]);
  const end = await made.drive(made.run, { policy, resumed: "at 1/1 gate0" });
  expect(end).toEqual({ type: "ended", status: "succeeded" });
});

test.each([
  ["who has to approve", { risk: "low", approvers: "others" }],
  ["which people may", { risk: "low", approvers: ["ana"] }],
  ["how many people have to", { risk: "low", approvals: 2 }],
  ["for high risk", { risk: "high" }],
])("a gate that says %s means people", async (_what, shown) => {
  const made = gates(shown);
  const all = { ...policy, approves: ["none", "low", "medium", "high"] as never };
  const end = await made.drive(made.run, { policy: shown.risk === "high" ? policy : all });
  expect(end).toEqual({ type: "paused" });
  expect(made.granted()).toEqual([]);
});

test("a choice and a form are not answered by it", async () => {
  const { choice, ask, define } = runbook("asks", { title: "Asks", input: z.strictObject({}) });
  const way = choice(() => ({ title: "How?" }), { on: { label: "On", to: "succeeded" } });
  const values = ask(form({ what: z.string() }), "What?");
  for (const states of [{ way }, { values }]) {
    const made = bench(define(states as never));
    const run = made.start({});
    expect(await made.drive(run, { policy })).toEqual({ type: "paused" });
    expect(made.types(run).at(-1)).toBe("gate.opened");
  }
});

test("an expired gate is opened anew before it is approved", async () => {
  const made = gates({ risk: "low", expires: "300ms" });
  await made.drive(made.run);
  await new Promise((resolve) => setTimeout(resolve, 350));
  await made.drive(made.run, { policy, resumed: "at 1/1 gate0" });
  const told = made.types(made.run);
  expect(told.indexOf("gate.closed")).toBeGreaterThan(0);
  expect(told.indexOf("gate.closed")).toBeLessThan(told.indexOf("approval.granted"));
});

test("a person who rejects at the same moment is heard", async () => {
  const made = gates({ risk: "low" });
  const end = await made.drive(made.run, {
    policy,
    onEvents: (events) => {
      const opened = events.find((event) => isOf(event, "gate.opened"));
      if (opened === undefined) return;
      const { gate, digest } = opened.data;
      const data = { gate, digest, reason: "no" };
      const drafts = [{ run: made.run, type: "approval.denied", actor: bob, data }] as const;
      made.log.append({ drafts, seen: new Map(), snapshots: new Map() }, null);
    },
  });
  expect(end).toMatchObject({ type: "ended" });
  expect(made.granted()).toEqual([]);
});
