/** Random runbooks: every kind of node, in every combination that the dice throw. */
import type { Dice } from "./dice.ts";
import { codes, type ChildNode, type Node, type Sketch, type StepNode } from "./sketch.ts";

/** A runbook of up to six nodes, and one of up to three inside it. */
export function randomSketch(dice: Dice): Sketch {
  const inside = dice.chance(35) ? sketch(dice, "inside", null) : null;
  return sketch(dice, "outside", inside);
}

/** Where a node stands, and where it may lead. */
interface Place {
  readonly dice: Dice;
  readonly name: string;
  readonly next: string;
  /** Another node, or an end. */
  readonly anywhere: () => string;
  /** A later node, or an end: what needs nobody must not turn in a circle. */
  readonly onward: () => string;
  readonly before: readonly string[];
  readonly inside: Sketch | null;
}

function sketch(dice: Dice, id: string, inside: Sketch | null): Sketch {
  const size = id === "inside" ? dice.between(1, 3) : dice.between(2, 6);
  const names = Array.from({ length: size }, (_, index) => `${id === "inside" ? "c" : "n"}${index + 1}`);
  const nodes = names.map((name, index) => {
    const next = names[index + 1] ?? "succeeded";
    const anywhere = (): string => anyOf(dice, [...names.filter((other) => other !== name), "failed"]);
    const onward = (): string => anyOf(dice, [...names.slice(index + 1), "succeeded", "failed"]);
    return node({ dice, name, next, anywhere, onward, before: names.slice(0, index), inside });
  });
  return { id, nodes };
}

function anyOf(dice: Dice, names: readonly string[]): string {
  return names[dice.below(names.length)] ?? "failed";
}

function node(place: Place): Node {
  const { dice, name, next, anywhere, onward, before } = place;
  const common = { name, next, onCancel: dice.chance(35) ? anywhere() : null };
  const throwOf = dice.below(100);
  if (throwOf < 50) return stepNode(place);
  if (throwOf < 61) {
    const expires = dice.chance(40) ? "2m" : null;
    const approvals = dice.chance(35) ? 2 : 1;
    return { ...common, type: "gate", onReject: anywhere(), expires, approvals };
  }
  if (throwOf < 67) return { ...common, type: "choice", options: [next, anywhere()] };
  if (throwOf < 74) return { ...common, type: "wait", duration: dice.pick(["1ms", "90s", "2d"]) };
  if (throwOf < 78) return { ...common, type: "ask" };
  if (throwOf < 82) return { ...common, ...fallible(place), type: "manual" };
  // What a run begins with must not throw: it would not begin.
  if (throwOf < 86 && before.length > 0) {
    const broken = dice.chance(5);
    return { ...common, onCancel: null, type: "branch", of: anyOf(dice, before), to: onward(), broken };
  }
  if (throwOf < 94) {
    const branches = Array.from({ length: dice.between(2, 3) }, (_, index) =>
      branchNode({ ...place, name: `${name}${"abc"[index] ?? ""}`, next: "done" }),
    );
    return { ...common, type: "parallel", branches };
  }
  return childNode(place);
}

function branchNode(place: Place): StepNode | ChildNode {
  return { ...(place.dice.chance(20) ? childNode(place) : stepNode(place)), onCancel: null };
}

/** A step, where there is no runbook inside. */
function childNode(place: Place): StepNode | ChildNode {
  const { dice, name, next, anywhere, inside } = place;
  if (inside === null) return stepNode(place);
  const onCancel = dice.chance(35) ? anywhere() : null;
  return { ...fallible(place), type: "child", name, next, onCancel, child: inside };
}

function fallible({ dice, anywhere }: Place): {
  readonly onFailure: string | null;
  readonly critical: boolean;
} {
  return { onFailure: dice.chance(15) ? anywhere() : null, critical: !dice.chance(15) };
}

function stepNode(place: Place): StepNode {
  const { dice, name, next, anywhere, before } = place;
  const kind = dice.pick(["sim.look", "sim.call", "sim.token", "sim.program"] as const);
  return {
    ...fallible(place),
    type: "step",
    name,
    next,
    onCancel: dice.chance(35) ? anywhere() : null,
    kind,
    timeout: dice.chance(20) ? "20s" : null,
    routes: dice.chance(25) ? [anywhere()] : [],
    rescue: dice.chance(25) ? [{ code: dice.pick(codes), to: anywhere() }] : [],
    retry: dice.chance(35) ? { times: dice.between(1, 2), code: dice.pick(codes) } : null,
    again: dice.chance(10) ? anywhere() : null,
    skip: dice.chance(40),
    criterion: dice.chance(25),
    broken: before.length > 0 && dice.chance(1),
  };
}
