import { z } from "zod";
import { defineStep, type Probed } from "../../src/model/step.ts";
import { runbook } from "../../src/runbook/define.ts";
import type { Scope, State } from "../../src/runbook/states.ts";
import type { Runbook } from "../../src/runbook/types.ts";
import { form } from "../../src/runbook/form.ts";
import { usualTimeout, type ChildNode, type Kind, type Node, type Sketch, type StepNode } from "./sketch.ts";

const input = z.strictObject({ name: z.string() });
const output = z.strictObject({ route: z.int(), good: z.boolean() });
const common = { risk: "medium", timeout: usualTimeout, input, output } as const;
const describe = ({ name }: z.output<typeof input>): string => `simulate ${name}`;

/** The simulated host answers for the steps. */
const elsewhere = async (): Promise<never> => {
  throw new Error("A simulated step does not run.");
};
const unknown = async (): Promise<Probed<never>> => ({ verdict: "unknown", why: "it is simulated" });

const steps = {
  "sim.look": defineStep({ ...common, kind: "sim.look", effect: "read", describe, run: elsewhere }),
  "sim.call": writing("sim.call"),
  "sim.token": writing("sim.token"),
  "sim.program": writing("sim.program"),
};

function writing(kind: Kind) {
  return defineStep({
    ...common,
    kind,
    effect: "write",
    describe,
    run: elsewhere,
    probe: unknown,
    binds: { nothing: "it is simulated" },
  });
}

const author = (id: string) => runbook(id, { title: id, input: z.strictObject({}) });

/** The runbook that an author would have written. */
export function compileSketch({ id, nodes }: Sketch): Runbook {
  const { define } = author(id);
  const states = nodes.map((node) => [node.name, stateOf(id, node)] as const);
  return define(Object.fromEntries(states), {
    followUps: () => [{ id: "tell", title: "Tell", owner: "ana", due: "1d" }],
  });
}

/** All that people are asked for in a form. */
const note = form({ note: z.string(), count: z.int().default(1) });

/** A node, which may jump to any other. */
function stateOf(id: string, node: Node): State {
  const words = author(id);
  const { name } = node;
  const to = { ...(node.next === "done" ? {} : { next: node.next }), ...onCancelOf(node) } as Ways;
  switch (node.type) {
    case "step":
      return stepOf(id, node, to);
    case "child":
      return words.child(compileSketch(node.child), () => ({}), { ...to, ...fallible(node) });
    case "parallel": {
      const branches = node.branches.map((branch) => [branch.name, stateOf(id, branch)] as const);
      return words.parallel(Object.fromEntries(branches) as never, to);
    }
    case "branch": {
      const when = ({ find }: Pick<Scope<unknown>, "find">): boolean => {
        if (node.broken) throw new Error("This condition is broken.");
        return find(steps["sim.look"], node.of)?.good === false;
      };
      return words.branch([{ when, to: node.to }], { next: node.next });
    }
    case "gate": {
      const { onReject, expires, approvals } = node;
      const more = { approvals, ...(expires === null ? {} : { expires }) };
      return words.gate(() => ({ title: name, summary: "", risk: "high" }), {
        ...to,
        ...more,
        onReject: onReject as never,
      });
    }
    case "choice": {
      const options = node.options.map((option) => [option, { label: option, to: option }] as const);
      return words.choice(() => ({ title: name }), Object.fromEntries(options), onCancelOf(node));
    }
    case "ask":
      return words.ask(note, name, to);
    case "manual":
      return words.manual(() => ({ title: name }), { ...to, ...fallible(node) });
    case "wait":
      return words.wait(() => node.duration, to);
  }
}

/** Names that a sketch has drawn are not known to the compiler. */
type Ways = { readonly next?: never; readonly onCancel?: never };

function onCancelOf({ onCancel }: Node): { readonly onCancel?: never } {
  return onCancel === null ? {} : { onCancel: onCancel as never };
}

function fallible({ onFailure, critical }: Pick<ChildNode, "onFailure" | "critical">) {
  return { ...(onFailure === null ? {} : { onFailure: onFailure as never }), critical };
}

function stepOf(id: string, node: StepNode, to: Ways): State {
  const { name, kind, timeout, retry, again, broken } = node;
  return author(id).step(
    steps[kind],
    () => {
      if (broken) throw new Error("This mapper is broken.");
      return { name };
    },
    {
      ...to,
      ...fallible(node),
      ...(timeout === null ? {} : { timeout }),
      routes: node.routes.map((target, index) => ({
        when: ({ route }) => route === index + 1,
        to: target as never,
      })),
      rescue: node.rescue.map((way) => ({
        when: (failure) => failure.code === way.code,
        to: way.to as never,
      })),
      ...(retry === null ? {} : { retry: { times: retry.times, delay: "30s", on: [retry.code] } }),
      ...(again === null ? {} : { retryFrom: again as never }),
      skip: node.skip,
      // In words that depend on the order of what is looked at, as an author's may.
      findings: (output) =>
        output.good ? [] : [{ text: `${name}: ${JSON.stringify(output)}`, status: "confirmed" }],
      ...(node.criterion ? { criterion: { title: name, passes: ({ good }) => good } } : {}),
    },
  );
}
