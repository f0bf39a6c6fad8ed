/**
 * The states of a compiled runbook as its reader knows them. A state that runs a step is compiled to several nodes of
 * the machine (attempt, back-off, decision): they are one place. So is a parallel state with all that is in it.
 */
import { nestedId } from "../model/state-ids.ts";
import { invocationsOf, type Invocation } from "../runbook/actors.ts";
import { triggerOf } from "../runbook/event-types.ts";
import { isCompiled } from "../runbook/roles.ts";
import type { Runbook } from "../runbook/types.ts";
import { conditionText, type TransitionKind } from "../runbook/transition-labels.ts";

export type MachineNode = Runbook["machine"]["root"];
export type MachineTransition = NonNullable<MachineNode["always"]>[number];

/** A state with its ways out. */
export interface MachineState {
  readonly id: string;
  readonly node: MachineNode;
  readonly invocations: readonly Invocation[];
  readonly exits: readonly Exit[];
}

/** A way out of a place; it leads to several places at once only where regions begin. */
export interface Exit {
  readonly way: TransitionKind;
  readonly label: string;
  readonly to: readonly string[];
  readonly transition: MachineTransition;
}

/** Every place of a runbook in the order of its file, and the one where it begins. */
export function machineStates(runbook: Runbook): {
  readonly initial: string;
  readonly places: readonly MachineState[];
} {
  const { root } = runbook.machine;
  const nodes = stateNodes(root);
  const known = new Map(nodes.map((node) => [node, idOf(node)]));
  const states = nodes.map((node): MachineState => {
    const inside = [node, ...below(node)];
    return {
      id: idOf(node),
      node,
      invocations: inside.flatMap((inner) => invocationsOf(runbook.machine, inner)),
      exits: exitsOf(node, inside, known),
    };
  });
  return { initial: enteredState(root, known), places: states };
}

function idOf(node: MachineNode): string {
  return node.path.length === 0 ? node.key : nestedId(node.path);
}

/** What a place is for, without the decision that comes with every failed step. */
export function ownInvocations({
  invocations,
}: Pick<MachineState, "invocations">): MachineState["invocations"] {
  return invocations.filter(({ role }) => role !== "decide");
}

/** Every node inside a node. */
export function below(node: MachineNode): readonly MachineNode[] {
  return Object.values(node.states).flatMap((child: MachineNode) => [child, ...below(child)]);
}

function stateNodes(node: MachineNode): readonly MachineNode[] {
  const children: readonly MachineNode[] = Object.values(node.states);
  return isState(node) ? [node] : children.flatMap(stateNodes);
}

function isState(node: MachineNode): boolean {
  const { states } = node;
  return (
    isCompiled(node) || node.type === "parallel" || node.invoke.length > 0 || Object.keys(states).length === 0
  );
}

/** The place where one arrives that goes to `node`. */
function enteredState(node: MachineNode, known: ReadonlyMap<MachineNode, string>): string {
  for (let above: MachineNode | undefined = node; above !== undefined; above = above.parent) {
    const id = known.get(above);
    if (id !== undefined) return id;
  }
  const [first] = node.initial.target;
  return first === undefined ? idOf(node) : enteredState(first, known);
}

function exitsOf(
  node: MachineNode,
  inside: readonly MachineNode[],
  known: ReadonlyMap<MachineNode, string>,
): readonly Exit[] {
  const id = idOf(node);
  const all = [...inside.flatMap(transitionsOf), ...inherited(node)];
  return all.flatMap((transition) => {
    const to = [...new Set((transition.target ?? []).map((target) => enteredState(target, known)))];
    const exit = { way: wayOf(transition), label: labelOf(transition), to, transition };
    const isInner = to.length === 1 && to[0] === id && !transition.target?.includes(node);
    // What happens inside a place is no way out of it; that it tries again by itself is worth showing.
    return to.length === 0 || (isInner && !(exit.way === "retry" && exit.label !== "")) ? [] : [exit];
  });
}

/** The transitions of a node itself. */
export function transitionsOf(node: MachineNode): readonly MachineTransition[] {
  return [...node.transitions.values(), node.always ?? []].flat();
}

/** What leads out of the states around a place leads out of it, too; that they are done only when it is their end. */
function inherited(node: MachineNode): readonly MachineTransition[] {
  const above: MachineNode | undefined = node.parent;
  if (above === undefined) return [];
  const own = transitionsOf(above).filter(
    ({ eventType }) => triggerOf(eventType).type !== "ended" || node.type === "final",
  );
  return [...own, ...inherited(above)];
}

/** As the compiler says; of a machine made by hand, what its event and its actor tell. */
export function wayOf(transition: MachineTransition): TransitionKind {
  const { meta, eventType, guard, source } = transition;
  const said: unknown = meta?.["way"];
  if (isWay(said)) return said;
  const otherwise = guard === undefined ? "next" : "route";
  const trigger = triggerOf(eventType);
  switch (trigger.type) {
    case "done": {
      const { what } = invocationsOf(source.machine, source).find(({ id }) => id === trigger.id) ?? {};
      if (what?.type !== "step" || what.step.effect !== "human") return otherwise;
      return what.step.kind === "human.decide" ? "option" : guard === undefined ? "rejected" : "approved";
    }
    case "failed":
      return "rescue";
    case "always":
    case "ended":
      return otherwise;
    case "timer":
      return "timer";
    case "event":
    case "internal":
      return "event";
  }
}

function isWay(value: unknown): value is TransitionKind {
  return typeof value === "string";
}

function labelOf({ description, meta, guard, eventType }: MachineTransition): string {
  if (description !== undefined || isWay(meta?.["way"])) return description ?? "";
  if (typeof guard === "string") return guard;
  if (typeof guard === "function") return conditionText(guard);
  if (typeof guard === "object" && guard !== null && "type" in guard) return guard.type;
  const trigger = triggerOf(eventType);
  return trigger.type === "event" ? trigger.name : "";
}
