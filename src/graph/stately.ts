/** The machine as the plain JSON that Stately's editor and `createMachine` read. Functions go by the words of the runbook's file. */
import type { Json, JsonObject } from "../model/json.ts";
import { nestedId } from "../model/state-ids.ts";
import { invocationsOf } from "../runbook/actors.ts";
import { doneEvent, endedEvent, failedEvent, triggerOf } from "../runbook/event-types.ts";
import type { Runbook } from "../runbook/types.ts";
import { conditionText } from "../runbook/transition-labels.ts";
import type { MachineNode, MachineTransition } from "./machine-states.ts";

/** The configuration of a runbook's machine, without its implementations. */
export function toStately(runbook: Runbook): JsonObject {
  const { machine, title } = runbook;
  return { ...nodeOf(machine.root, runbook), id: machine.root.id, description: title };
}

function nodeOf(node: MachineNode, runbook: Runbook): JsonObject {
  const children: readonly MachineNode[] = Object.values(node.states);
  const title = node.description ?? titleOf(node, runbook);
  const events = [...node.transitions].filter(([event]) => triggerOf(event).type === "event");
  const dones = transitionsOn(node, endedEvent(node.id));
  return {
    ...(node.id === nestedId([root(node).id, ...node.path]) ? {} : { id: node.id }),
    ...(title === undefined ? {} : { description: title }),
    ...(node.type === "final" || node.type === "parallel" ? { type: node.type } : {}),
    ...(children.length > 0 && node.type !== "parallel" ? { initial: initialOf(node) } : {}),
    ...(node.invoke.length === 0 ? {} : { invoke: invokesOf(node) }),
    ...(node.always === undefined ? {} : { always: node.always.map(transitionOf) }),
    ...(node.after.length === 0 ? {} : { after: afterOf(node) }),
    ...(events.length === 0
      ? {}
      : { on: Object.fromEntries(events.map(([event, all]) => [event, all.map(transitionOf)])) }),
    ...(dones.length === 0 ? {} : { onDone: dones }),
    ...(children.length === 0
      ? {}
      : { states: Object.fromEntries(children.map((child) => [child.key, nodeOf(child, runbook)])) }),
  };
}

function root(node: MachineNode): MachineNode {
  return node.parent === undefined ? node : root(node.parent);
}

function titleOf(node: MachineNode, { steps }: Runbook): string | undefined {
  if (node.path.length !== 1) return undefined;
  return steps.find(({ step }) => step === node.key)?.title;
}

function initialOf(node: MachineNode): string {
  return node.initial.target[0]?.key ?? "";
}

function invokesOf(node: MachineNode): Json {
  return invocationsOf(node.machine, node).map(({ id, what }) => ({
    id,
    src: what === undefined ? "unknown" : what.type === "step" ? what.step.kind : what.runbook.id,
    onDone: transitionsOn(node, doneEvent(id)),
    onError: transitionsOn(node, failedEvent(id)),
  }));
}

/** A delay that is worked out during the run has only its name. */
function afterOf(node: MachineNode): Json {
  const delays = new Map<string, Json[]>();
  for (const transition of node.after) {
    const delay = typeof transition.delay === "function" ? "later" : String(transition.delay);
    delays.set(delay, [...(delays.get(delay) ?? []), transitionOf(transition)]);
  }
  return Object.fromEntries(delays);
}

function transitionsOn(node: MachineNode, event: string): Json[] {
  return (node.transitions.get(event) ?? []).map(transitionOf);
}

function transitionOf({ target, guard, description }: MachineTransition): Json {
  const words = guardOf(guard, description);
  return {
    ...(target?.[0] === undefined ? {} : { target: `#${target[0].id}` }),
    ...(words === undefined ? {} : { guard: { type: words } }),
    ...(description === undefined ? {} : { description }),
  };
}

function guardOf(guard: MachineTransition["guard"], description: string | undefined): string | undefined {
  if (guard === undefined) return undefined;
  if (typeof guard === "string") return guard;
  return typeof guard === "function" ? (description ?? conditionText(guard)) : guard.type;
}
