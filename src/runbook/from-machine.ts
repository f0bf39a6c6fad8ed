import type { AnyStateMachine, AnyStateNode, ContextFrom } from "xstate";
import type { z } from "zod";
import { RunbookError } from "../model/error.ts";
import type { Verdict } from "../model/event.ts";
import { invocationsOf } from "./actors.ts";
import type { FollowUp, Invoked, Runbook } from "./types.ts";

interface MachineDetails<I extends z.core.$ZodType, C> {
  /** The machine's own id by default. */
  readonly id?: string;
  readonly title: string;
  readonly input: I;
  /** What must hold for the run to count as succeeded; `step` is the id of an invocation. */
  readonly criteria?: Readonly<
    Record<
      string,
      { readonly title: string; readonly step: string; readonly verdict: (context: C) => Verdict }
    >
  >;
  readonly followUps?: (context: C) => readonly FollowUp[];
  /** What must not be acted on by two runs at once. */
  readonly target?: (input: z.output<I>) => {
    readonly dir: string;
    readonly workspace?: string;
    readonly region: string;
  };
}

/**
 * Makes a runbook of a plain xstate machine whose actors are steps and child runbooks; throws `RUNBOOK_BROKEN` for any
 * other actor. Its context has to be plain JSON. It fails or is cancelled by ending in a state of that name.
 */
export function fromMachine<M extends AnyStateMachine, I extends z.core.$ZodType>(
  machine: M,
  beside: MachineDetails<I, ContextFrom<M>>,
): Runbook {
  const id = beside.id ?? machine.id;
  const parts = partsOf(machine, machine.root, id);
  const family = new Map<string, Runbook>();
  const runbook: Runbook = {
    id,
    title: beside.title,
    input: beside.input,
    machine,
    steps: parts.map(({ step, title }) => ({ step, title })),
    criteria: Object.entries(beside.criteria ?? {}).map(([name, { title, step, verdict }]) => ({
      id: name,
      title,
      step,
      // The engine hands out the context of the very machine that this was written for.
      verdict: (context) => verdict(context as unknown as ContextFrom<M>),
    })),
    findings: () => [],
    followUps: (context) => beside.followUps?.(context as unknown as ContextFrom<M>) ?? [],
    target: (input) => {
      // The input was parsed by this schema when the run began.
      const target = beside.target?.(input as z.output<I>);
      return target === undefined ? null : { ...target, workspace: target.workspace ?? "default" };
    },
    family,
  };
  family.set(id, runbook);
  for (const { what } of parts)
    if (what.type === "child") what.runbook.family.forEach((member, name) => family.set(name, member));
  return runbook;
}

interface InvokedPart {
  readonly step: string;
  readonly title: string;
  readonly what: Invoked;
}

function partsOf(machine: AnyStateMachine, node: AnyStateNode, id: string): readonly InvokedPart[] {
  const own = invocationsOf(machine, node).map(({ id: step, what }): InvokedPart => {
    if (what !== undefined) return { step, title: node.description ?? step, what };
    throw new RunbookError(
      "RUNBOOK_BROKEN",
      `Runbook \`${id}\` invokes \`${step}\`, which is neither a step nor a child runbook.`,
      { data: { actor: step } },
    );
  });
  const inside = Object.values(node.states).flatMap((state) => partsOf(machine, state, id));
  return [...own, ...inside];
}
