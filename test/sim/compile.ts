import { z } from "zod";
import { defineStep, type Probed } from "../../src/model/step.ts";
import { runbook } from "../../src/runbook/define.ts";
import type { State } from "../../src/runbook/states.ts";
import type { Runbook } from "../../src/runbook/types.ts";
import type { Kind, Node, Sketch, StepNode } from "./sketch.ts";

const input = z.strictObject({ name: z.string() });
const output = z.strictObject({ route: z.int(), good: z.boolean() });
const common = { risk: "medium", timeout: "5m", input, output } as const;
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
  return defineStep({ ...common, kind, effect: "write", describe, run: elsewhere, probe: unknown });
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

function stateOf(id: string, node: Node): State {
  const { gate, choice, child, wait } = author(id);
  const { name, next } = node;
  switch (node.type) {
    case "step":
      return stepOf(id, node);
    case "gate": {
      const { onReject, expires } = node;
      const more = expires === null ? {} : { expires };
      const shown = { title: name, summary: "", risk: "high" as const, ...more };
      return gate(() => shown, { next: next as never, onReject: onReject as never });
    }
    case "choice": {
      const options = node.options.map((to) => [to, { label: to, to }] as const);
      return choice(() => ({ title: name }), Object.fromEntries(options));
    }
    case "child":
      return child(compileSketch(node.child), () => ({}), { next: next as never });
    case "wait":
      return wait(() => node.duration, { next: next as never });
  }
}

function stepOf(id: string, node: StepNode): State {
  const { name, next, kind, retry, again, broken } = node;
  return author(id).step(
    steps[kind],
    () => {
      if (broken) throw new Error("This mapper is broken.");
      return { name };
    },
    {
      next: next as never,
      routes: node.routes.map((to, index) => ({
        when: ({ route }) => route === index + 1,
        to: to as never,
      })),
      rescue: node.rescue.map(({ code, to }) => ({
        when: (failure) => failure.code === code,
        to: to as never,
      })),
      ...(retry === null ? {} : { retry: { times: retry.times, delay: "30s", on: [retry.code] } }),
      ...(again === null ? {} : { again: again as never }),
      skip: node.skip,
      findings: ({ good }) => (good ? [] : [{ text: `${name} is not good`, status: "confirmed" }]),
      ...(node.criterion ? { criterion: { title: name, passes: ({ good }) => good } } : {}),
    },
  );
}
