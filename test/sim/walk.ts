import type { Node, Sketch, StepNode } from "./sketch.ts";

/** Where a run is in its sketch, and where each answer leads: the rules of a runbook, once more and without a machine. */
export class Walk {
  readonly #nodes: ReadonlyMap<string, Node>;
  #at: string;
  #phase: "attempt" | "backoff" | "decide" = "attempt";
  #tries = 0;
  readonly #good = new Map<string, boolean>();

  constructor({ nodes }: Sketch) {
    this.#nodes = new Map(nodes.map((node) => [node.name, node]));
    this.#at = nodes[0]?.name ?? "succeeded";
  }

  /** A node's name, or an end. */
  get at(): string {
    return this.#at;
  }

  get phase(): "attempt" | "backoff" | "decide" {
    return this.#phase;
  }

  node(): Node {
    const node = this.#nodes.get(this.#at);
    if (node === undefined) throw new Error(`the run has reached ${this.#at}`);
    return node;
  }

  /** Its mapper throws, so the run is parked here. */
  isBroken(): boolean {
    const node = this.#nodes.get(this.#at);
    return node?.type === "step" && node.broken && this.#phase === "attempt";
  }

  /** Steps whose criterion does not pass. */
  unmet(): readonly string[] {
    return [...this.#nodes.values()].flatMap((node) =>
      node.type === "step" && node.criterion && this.#good.get(node.name) !== true ? [node.name] : [],
    );
  }

  succeed(route: number, good: boolean): void {
    const node = this.#step();
    this.#good.set(node.name, good);
    this.#enter(node.routes[route - 1] ?? node.next);
  }

  fail(code: string | null): void {
    const node = this.node();
    const { retry, rescue } = node.type === "step" ? node : { retry: null, rescue: [] };
    if (retry !== null && retry.code === code && this.#tries < retry.times) {
      this.#tries += 1;
      this.#phase = "backoff";
      return;
    }
    const saved = rescue.find((way) => way.code === code);
    if (saved !== undefined) return this.#enter(saved.to);
    this.#phase = "decide";
  }

  next(): void {
    this.#enter(this.node().next);
  }

  reject(): void {
    const node = this.node();
    this.#enter(node.type === "gate" ? node.onReject : "failed");
  }

  /** The time of a wait, or of the pause before another try, is over. */
  wake(): void {
    if (this.#phase === "backoff") this.#phase = "attempt";
    else this.next();
  }

  choose(choice: string): void {
    if (this.#phase !== "decide") return this.#enter(choice);
    if (choice === "cancel") return this.#enter("cancelled");
    if (choice === "skip") return this.#skip();
    const node = this.node();
    if (node.type === "step" && node.again !== null) return this.#enter(node.again);
    this.#phase = "attempt";
  }

  #skip(): void {
    const node = this.#step();
    if (!node.skip) throw new Error("skipped what must not be skipped");
    this.#good.set(node.name, false);
    this.#enter(node.next);
  }

  #enter(name: string): void {
    this.#at = name;
    this.#phase = "attempt";
    this.#tries = 0;
  }

  #step(): StepNode {
    const node = this.node();
    if (node.type !== "step") throw new Error(`\`${node.name}\` is not a step`);
    return node;
  }
}
