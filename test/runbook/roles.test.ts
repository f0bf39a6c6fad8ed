import { expect, test } from "vitest";
import { createMachine } from "xstate";
import { z } from "zod";
import { graphOf } from "../../src/graph/graph.ts";
import { roleOfTimer, type StateRole } from "../../src/model/state-ids.ts";
import { stepActor } from "../../src/runbook/actors.ts";
import { runbook } from "../../src/runbook/define.ts";
import { fromMachine } from "../../src/runbook/from-machine.ts";
import { timerRoles } from "../../src/runbook/roles.ts";
import { notifyWebhook } from "../../src/steps/notify-webhook.ts";

const input = z.strictObject({});
const { step, wait, parallel, define } = runbook("b", { title: "B", input });
const said = { url: "https://chat.example/hook", text: "x" };
const retry = { times: 2, delay: "1s", on: ["UNEXPECTED"] } as const;
const run = (options: object) => step(notifyWebhook, () => said, options);

function rolesIn(made: { readonly machine: Parameters<typeof timerRoles>[0] }): readonly StateRole[] {
  return [...timerRoles(made.machine).values()];
}

test.each(["plan", "再起動-サービス", "backoff", "decide", "attempt", "b", "with space", "a-b#2", "x:y"])(
  "the machine says of the timers of a state %s what they are for",
  (name) => {
    const waits = define({ first: wait(() => "1s"), [name]: wait(() => "1s") });
    expect(rolesIn(waits)).toContainEqual({ state: name, role: "wait" });
    for (const more of [retry, { ...retry, factor: 2 }]) {
      const retries = define({ first: run({}), [name]: run({ retry: more }) });
      expect(rolesIn(retries)).toContainEqual({ state: name, role: "backoff" });
    }
  },
);

test("the timers of a branch belong to the branch", () => {
  const both = define({ both: parallel({ one: run({ retry }), two: run({}) }) });
  expect(rolesIn(both)).toContainEqual({ state: "one", role: "backoff" });
});

test("the old name of each timer of a compiled runbook says the same", () => {
  const states = { rest: wait(() => "1s"), one: run({ retry }), both: parallel({ two: run({ retry }) }) };
  const timers = [...timerRoles(define(states).machine)];
  expect(timers).toHaveLength(3);
  for (const [timer, role] of timers) expect(roleOfTimer({ timer })).toEqual(role);
});

test("a machine made by hand may call its states as the compiler calls what it makes", () => {
  const machine = createMachine({
    id: "hand",
    initial: "try",
    states: {
      try: {
        initial: "attempt",
        states: {
          attempt: { invoke: { id: "go", src: stepActor(notifyWebhook), input: said, onDone: "decide" } },
          decide: {
            invoke: { id: "try.decide", src: stepActor(notifyWebhook), input: said, onDone: "backoff" },
          },
          backoff: { after: { 1000: "#hand.done" } },
        },
      },
      done: { type: "final" },
    },
  });
  const made = fromMachine(machine, { title: "Hand", input });
  const { nodes } = graphOf(made);
  expect(nodes.map(({ id, steps }) => [id, ...steps])).toEqual([
    ["try.attempt", "go"],
    ["try.decide", "try.decide"],
    ["try.backoff", "backoff"],
    ["done", "done"],
  ]);
  expect(rolesIn(made)).toEqual([{ state: "backoff", role: "wait" }]);
});

test("a state cannot have the name of what is made inside another", () => {
  expect(() => define({ "one.decide": run({}), one: run({}) })).toThrow("`one.decide` has the name");
  expect(() => define({ "one.backoff": wait(() => "1s"), one: run({ retry }) })).toThrow("`one.backoff`");
  expect(() => define({ both: parallel({ one: run({}) }), "one:done": run({}) })).toThrow("`one:done`");
  expect(() => define({ one: run({}), "one:done": run({}) })).not.toThrow();
});
