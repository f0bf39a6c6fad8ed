import { expect, test } from "vitest";
import { createMachine } from "xstate";
import { z } from "zod";
import missingSecret from "../../runbooks/missing-secret.ts";
import { redisSg } from "../../runbooks/redis-sg.ts";
import { toAscii } from "../../src/graph/ascii.ts";
import { graphOf, type Graph } from "../../src/graph/graph.ts";
import { stepActor } from "../../src/runbook/actors.ts";
import { runbook } from "../../src/runbook/define.ts";
import { form } from "../../src/runbook/form.ts";
import { fromMachine } from "../../src/runbook/from-machine.ts";
import { httpProbe, notifyWebhook } from "../../src/steps/index.ts";

function edgesOf(graph: Graph): readonly string[] {
  return graph.edges.map(
    ({ from, to, way, label }) => `${from} ${way}${label === "" ? "" : ` (${label})`} ${to}`,
  );
}

const unsaved = 'rescue (code === "TERRAFORM_STATE_UNSAVED")';

test("a runbook's graph has its states in order, with the ends that are reached", () => {
  const { nodes, initial, edges, children } = graphOf(redisSg);
  expect(initial).toBe("ingress");
  expect(nodes.map(({ id, kind, uses, risk }) => [id, kind, ...uses, risk])).toEqual([
    ["ingress", "read", "ec2.security-group-ingress", "none"],
    ["plan", "read", "terraform.plan", "none"],
    ["approve", "gate", "human.confirm", "none"],
    ["apply", "write", "terraform.apply", "high"],
    ["admitted", "read", "ec2.security-group-ingress", "none"],
    ["healthy", "read", "http.probe", "none"],
    ["save", "child", "save-state", "none"],
    ["succeeded", "end", "none"],
    ["failed", "end", "none"],
    ["cancelled", "end", "none"],
  ]);
  expect(edgesOf({ edges } as Graph)).toEqual([
    "ingress route (admitted) admitted",
    "ingress next plan",
    "plan route (add === 0) failed",
    "plan next approve",
    `plan ${unsaved} save`,
    "approve approved apply",
    "approve rejected cancelled",
    "apply next admitted",
    `apply ${unsaved} save`,
    "apply again plan",
    "admitted next healthy",
    "healthy next succeeded",
    "save next ingress",
  ]);
  expect(children.map(({ id }) => id)).toEqual(["save-state"]);
});

test("what a person does, is asked and what forks by itself are told apart", () => {
  const { choice, ask, manual, branch, parallel, step, define } = runbook("kinds", {
    title: "Kinds",
    input: z.strictObject({}),
  });
  const probe = step(httpProbe, () => ({ url: "https://example.org/", expect: { status: [200] } }), {
    onFailure: "hand",
  });
  const { nodes, edges } = graphOf(
    define({
      both: parallel({ one: probe }),
      fork: branch([{ when: () => true, to: "hand" }]),
      pick: choice(() => ({ title: "Which?" }), { a: { label: "A", to: "hand" } }),
      form: ask(form({ ticket: z.string() }), "Which ticket?"),
      hand: manual(() => ({ title: "Call" })),
    }),
  );
  expect(nodes.map(({ id, kind }) => `${id} ${kind}`).slice(0, 5)).toEqual([
    "both parallel",
    "fork branch",
    "pick choice",
    "form question",
    "hand manual",
  ]);
  expect(toAscii({ ...graphOf(redisSg), nodes, edges }, {})).toContain("-> hand  when it fails\n");
});

test("choices, child runbooks, timers and what may be skipped are in the graph", () => {
  const graph = graphOf(missingSecret);
  expect(graph.children.map(({ id }) => id)).toEqual(["redis-sg", "save-state"]);
  expect(edgesOf(graph)).toEqual(
    expect.arrayContaining([
      'compare route (input.mode === "replace") approvePlan',
      "decide option (Run child runbook redis-sg) redis",
      "redis next redeploy",
      "notify skip watch",
      "watch timer quiet",
    ]),
  );
  const kinds = new Map(graph.nodes.map(({ id, kind }) => [id, kind]));
  expect([kinds.get("decide"), kinds.get("redis"), kinds.get("watch")]).toEqual(["choice", "child", "wait"]);
});

test("rescues and automatic retries are in the graph, with their conditions", () => {
  const { step, define } = runbook("probing", { title: "Probing", input: z.strictObject({}) });
  const probe = () => ({ url: "http://127.0.0.1", expect: { status: [200] } });
  const made = define({
    one: step(httpProbe, probe, {
      retry: { times: 3, delay: "1s", on: ["AWS_THROTTLED"] },
      rescue: [{ when: ({ code }) => code === "ACCESS_DENIED", to: "two" }],
      next: "succeeded",
    }),
    two: step(httpProbe, probe),
  });
  expect(edgesOf(graphOf(made))).toEqual([
    "one next succeeded",
    'one rescue (code === "ACCESS_DENIED") two',
    "one retry (3 times on AWS_THROTTLED) one",
    "two next succeeded",
  ]);
});

test("a machine made by hand has its nested states by path, and a parallel state as one", () => {
  const probe = { src: "probe", input: { url: "http://127.0.0.1" } };
  const machine = createMachine(
    {
      id: "hand",
      initial: "outer",
      states: {
        outer: {
          initial: "look",
          states: {
            look: {
              description: "Look first",
              invoke: {
                id: "look",
                ...probe,
                onDone: { guard: "isUp", target: "seen" },
                onError: "#hand.failed",
              },
              after: { 1000: "#hand.both" },
            },
            seen: { type: "final" },
          },
          onDone: "both",
          on: { STOP: "failed" },
        },
        both: {
          type: "parallel",
          states: {
            left: {
              initial: "a",
              states: { a: { invoke: { id: "a", ...probe, onDone: "b" } }, b: { type: "final" } },
            },
            right: {
              initial: "c",
              states: { c: { invoke: { id: "c", src: "tell", onDone: "d" } }, d: { type: "final" } },
            },
          },
          onDone: "succeeded",
        },
        succeeded: { type: "final" },
        failed: { type: "final" },
      },
    },
    { actors: { probe: stepActor(httpProbe), tell: stepActor(notifyWebhook) }, guards: { isUp: () => true } },
  );
  const graph = graphOf(fromMachine(machine, { title: "By hand", input: z.strictObject({}) }));
  expect(graph.initial).toBe("outer.look");
  expect(graph.nodes.map(({ id, kind, title, risk }) => [id, kind, title, risk])).toEqual([
    ["outer.look", "read", "Look first", "none"],
    ["outer.seen", "end", "outer.seen", "none"],
    ["both", "parallel", "both", "low"],
    ["succeeded", "end", "succeeded", "none"],
    ["failed", "end", "failed", "none"],
  ]);
  expect(edgesOf(graph)).toEqual([
    "outer.look route (isUp) outer.seen",
    "outer.look rescue failed",
    "outer.look timer both",
    "outer.look event (STOP) failed",
    "outer.seen event (STOP) failed",
    "outer.seen next both",
    "both next succeeded",
  ]);
});
