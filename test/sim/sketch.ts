import type { Dice } from "./dice.ts";

/** What a random runbook says, as data: the engine runs what is compiled from it, the reference reads it as it is. */
export interface Sketch {
  readonly id: string;
  readonly nodes: readonly Node[];
}

export type Kind = "sim.look" | "sim.call" | "sim.token" | "sim.program";

interface Common {
  readonly name: string;
  /** Where it goes on: a node's name or an end. */
  readonly next: string;
}

export interface StepNode extends Common {
  readonly type: "step";
  readonly kind: Kind;
  /** Where it goes on when its output says route 1, 2 ... */
  readonly routes: readonly string[];
  readonly rescue: readonly { readonly code: string; readonly to: string }[];
  readonly retry: { readonly times: number; readonly code: string } | null;
  readonly again: string | null;
  readonly skip: boolean;
  readonly criterion: boolean;
  /** Its mapper throws. */
  readonly broken: boolean;
}

export type Node =
  | StepNode
  | (Common & { readonly type: "gate"; readonly onReject: string; readonly expires: "2m" | null })
  | (Common & { readonly type: "choice"; readonly options: readonly [string, ...string[]] })
  | (Common & { readonly type: "child"; readonly child: Sketch })
  | (Common & { readonly type: "wait"; readonly duration: "1ms" | "90s" | "2d" });

/** How steps fail here. */
export const codes = ["AWS_THROTTLED", "AWS_DENIED"] as const;

/** A runbook of up to six nodes, and one of up to three inside it. */
export function randomSketch(dice: Dice): Sketch {
  const inside = dice.chance(35) ? sketch(dice, "inside", null) : null;
  return sketch(dice, "outside", inside);
}

function sketch(dice: Dice, id: string, inside: Sketch | null): Sketch {
  const size = id === "inside" ? dice.between(1, 3) : dice.between(2, 6);
  const names = Array.from({ length: size }, (_, index) => `${id === "inside" ? "c" : "n"}${index + 1}`);
  const nodes = names.map((name, index) => {
    const next = names[index + 1] ?? "succeeded";
    const anywhere = (): string => anyOf(dice, [...names.filter((other) => other !== name), "failed"]);
    return node({ dice, name, next, anywhere, inside, isFirst: index === 0 });
  });
  return { id, nodes };
}

function anyOf(dice: Dice, names: readonly string[]): string {
  return names[dice.below(names.length)] ?? "failed";
}

interface Place {
  readonly dice: Dice;
  readonly name: string;
  readonly next: string;
  readonly anywhere: () => string;
  readonly inside: Sketch | null;
  readonly isFirst: boolean;
}

function node(place: Place): Node {
  const { dice, name, next, anywhere, inside } = place;
  const throwOf = dice.below(100);
  if (throwOf < 60) return stepNode(place);
  if (throwOf < 75) {
    return { type: "gate", name, next, onReject: anywhere(), expires: dice.chance(40) ? "2m" : null };
  }
  if (throwOf < 82) return { type: "choice", name, next, options: [next, anywhere()] };
  if (throwOf < 90) return { type: "wait", name, next, duration: dice.pick(["1ms", "90s", "2d"]) };
  return inside === null ? stepNode(place) : { type: "child", name, next, child: inside };
}

function stepNode({ dice, name, next, anywhere, isFirst }: Place): StepNode {
  const kind = dice.pick(["sim.look", "sim.call", "sim.token", "sim.program"] as const);
  return {
    type: "step",
    name,
    next,
    kind,
    routes: dice.chance(25) ? [anywhere()] : [],
    rescue: dice.chance(25) ? [{ code: dice.pick(codes), to: anywhere() }] : [],
    retry: dice.chance(35) ? { times: dice.between(1, 2), code: dice.pick(codes) } : null,
    again: dice.chance(10) ? anywhere() : null,
    skip: dice.chance(40),
    criterion: dice.chance(25),
    broken: !isFirst && dice.chance(1),
  };
}
