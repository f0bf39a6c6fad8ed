import { allNodes, type Node, type Sketch, type StepNode } from "./sketch.ts";

/** One of the places where a run stands: there are several only inside a parallel node. */
interface Spot {
  readonly node: Node;
  readonly phase: "attempt" | "backoff" | "decide";
  readonly tries: number;
}

/** Where a run is in its sketch, and where each answer leads: the rules of a runbook, once more and without a machine. */
export class Walk {
  readonly #nodes: readonly Node[];
  /** Those inside parallel ones too. */
  readonly #all: readonly Node[];
  readonly #left: (name: string) => void;
  readonly #spots = new Map<string, Spot>();
  #at = "";
  #isBroken = false;
  /** Whether the last output of a step was good. */
  readonly #good = new Map<string, boolean>();
  /** Steps that were passed over since they last returned something. */
  readonly #skipped = new Set<string>();

  /** `left` is told of each spot that is given up, whatever is still open there. */
  constructor(sketch: Sketch, left: (name: string) => void) {
    this.#nodes = sketch.nodes;
    this.#all = allNodes(sketch);
    this.#left = left;
    this.#enter(sketch.nodes[0]?.name ?? "succeeded");
  }

  /** The name of a node that is not inside another, or an end. */
  get at(): string {
    return this.#at;
  }

  isAtEnd(): boolean {
    return this.#find(this.#at) === undefined;
  }

  spots(): readonly Spot[] {
    return [...this.#spots.values()];
  }

  spot(name: string): Spot | undefined {
    return this.#spots.get(name);
  }

  /** What a node says throws, so the run is parked before it. */
  isBroken(): boolean {
    return this.#isBroken;
  }

  /** Steps whose criterion does not pass. */
  unmet(): readonly string[] {
    const passes = (name: string): boolean => this.#good.get(name) === true && !this.#skipped.has(name);
    return this.#all.flatMap((node) =>
      node.type === "step" && node.criterion && !passes(node.name) ? [node.name] : [],
    );
  }

  succeed(name: string, { route, good }: { readonly route: number; readonly good: boolean }): void {
    const node = this.#step(name);
    this.#good.set(name, good);
    this.#skipped.delete(name);
    this.#go(node, node.routes[route - 1] ?? node.next);
  }

  fail(name: string, code: string | null): void {
    const { node, tries } = this.#known(name);
    const { retry, rescue } = node.type === "step" ? node : { retry: null, rescue: [] };
    if (retry !== null && retry.code === code && tries < retry.times)
      return void this.#spots.set(name, { node, tries: tries + 1, phase: "backoff" });
    const { onFailure, critical } = "critical" in node ? node : { onFailure: null, critical: true };
    const saved = rescue.find((way) => way.code === code)?.to ?? onFailure;
    if (saved !== null) return this.#go(node, saved);
    if (critical) return void this.#spots.set(name, { node, tries, phase: "decide" });
    this.#skipped.add(name);
    this.#go(node, node.next);
  }

  next(name: string): void {
    const { node } = this.#known(name);
    this.#go(node, node.next);
  }

  reject(name: string): void {
    const { node } = this.#known(name);
    this.#go(node, node.type === "gate" ? node.onReject : "failed");
  }

  /** The time of a wait, or of the pause before another try, is over. */
  wake(name: string): void {
    const spot = this.#known(name);
    if (spot.phase === "backoff") this.#spots.set(name, { ...spot, phase: "attempt" });
    else this.next(name);
  }

  choose(name: string, choice: string): void {
    const { node, phase, tries } = this.#known(name);
    if (phase !== "decide") return this.#go(node, this.#chosen(node, choice));
    if (choice === "cancel") return this.#go(node, node.onCancel ?? "cancelled");
    if (choice === "skip") return this.#skip(name);
    if (node.type === "step" && node.again !== null) return this.#go(node, node.again);
    this.#spots.set(name, { node, tries, phase: "attempt" });
  }

  /** The run is cancelled; false when there is nothing to clean up. */
  cleanUp(): boolean {
    const target = this.#find(this.#at)?.onCancel ?? null;
    if (target === null || this.#isBroken) return false;
    this.#enter(target);
    return true;
  }

  #chosen(node: Node, choice: string): string {
    if (node.type !== "manual") return choice;
    if (choice === "done") return node.next;
    return node.onFailure ?? (node.critical ? "failed" : node.next);
  }

  #skip(name: string): void {
    const node = this.#step(name);
    if (!node.skip) throw new Error("skipped what must not be skipped");
    this.#skipped.add(name);
    this.#go(node, node.next);
  }

  /** On from a node: a branch that is done waits for the others, and everything else leads away from all of them. */
  #go(from: Node, target: string): void {
    if (this.#isBroken) return;
    if (target !== "done") return this.#enter(target);
    this.#spots.delete(from.name);
    this.#left(from.name);
    if (this.#spots.size === 0) this.#enter(this.#find(this.#at)?.next ?? "succeeded");
  }

  #enter(name: string): void {
    const node = this.#find(name);
    if (node !== undefined && isBroken(node)) return void (this.#isBroken = true);
    if (node?.type === "branch") return this.#enter(this.#good.get(node.of) === false ? node.to : node.next);
    for (const left of this.#spots.keys()) this.#left(left);
    this.#spots.clear();
    this.#at = name;
    const begun = node?.type === "parallel" ? node.branches : node === undefined ? [] : [node];
    for (const one of begun) this.#spots.set(one.name, { node: one, tries: 0, phase: "attempt" });
  }

  #find(name: string): Node | undefined {
    return this.#nodes.find((node) => node.name === name);
  }

  #known(name: string): Spot {
    const spot = this.#spots.get(name);
    if (spot === undefined) throw new Error(`the run does not stand at \`${name}\``);
    return spot;
  }

  #step(name: string): StepNode {
    const { node } = this.#known(name);
    if (node.type !== "step") throw new Error(`\`${name}\` is not a step`);
    return node;
  }
}

function isBroken(node: Node): boolean {
  if (node.type === "parallel") return node.branches.some(isBroken);
  return "broken" in node && node.broken;
}
